"""The web page as people meet it: in a real Chromium, against a real server."""

import json
import re
import shutil
import threading
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise

import pytest
from server_fakes import KeyGate, Obedient, Parrot, listening, make_service

from dragoman.server.fleet import Member
from dragoman.server.gate import Caller
from dragoman.server.speaker import Said

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install 'dragoman[dev]'")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt install chromium")
expect = playwright.expect

ATTACK = '<img src=x onerror="window.attacked=1">'
SWITCHES = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]


class Backwards(Parrot):
    """Says the words from the last to the first, and which became which."""

    def run(self, kind, segments):
        return [Said((" ".join(reversed(one.split(" "))),), alignment=crossed(one)) for one in segments]


class Stubborn(Obedient):
    """Says what it likes, and that it did."""

    def run(self, kind, segments):
        flags = ("term-unsaid",) if kind.terms else ()
        return [replace(said, flags=flags) for said in Parrot.run(self, kind, segments)]


class Doubling(Parrot):
    """Says every word twice, and that each of the two is from it."""

    def run(self, kind, segments):
        return [Said((" ".join(f"{word} {word}" for word in one.split()),), alignment=doubled(one)) for one in segments]


class Held(Parrot):
    """Answers when it is let go."""

    def __init__(self, source, target):
        super().__init__(source, target)
        self.go = threading.Event()

    def run(self, kind, segments):
        assert self.go.wait(20)
        return super().run(kind, segments)


def crossed(text):
    links, place = [], 0
    for word in text.split(" "):
        end = place + len(word)
        links.append(((place, end), (len(text) - end, len(text) - place)))
        place = end + 1
    return tuple(links)


def doubled(text):
    links, place = [], 0
    for word in re.finditer(r"\S+", text):
        for _ in range(2):
            links.append((word.span(), (place, place + len(word[0]))))
            place += len(word[0]) + 1
    return tuple(links)


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site():
    speakers = (Parrot("en", "de"), Parrot("de", "en"), Parrot("ar", "en"), Parrot("en", "ar"), Backwards("en", "fr"))
    with listening(make_service(*speakers, max_characters=2000)) as address:
        yield address


@pytest.fixture
def visit(browser):
    """Opens pages, and looks after each test whether they kept to themselves and made no mistake."""
    contexts, mistakes, asked, homes = [], [], [], set()

    def open_page(address, *, ready="all", before=lambda page: None, **wishes):
        context = browser.new_context(**{"locale": "en", "viewport": {"width": 1280, "height": 800}, **wishes})
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        homes.add(address)
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: mistakes.append(str(error)))
        page.on("console", lambda said: said.type in ("error", "warning") and mistakes.append(said.text))
        before(page)
        page.goto(address)
        page.wait_for_selector(f"body[data-ready={ready}]")
        return page

    yield open_page
    for context in contexts:
        assert context.cookies() == []
        for page in context.pages:
            assert page.evaluate("window.attacked") is None
            assert page.url.rstrip("/#").removesuffix("/#source-text") in homes, "a text or a choice in the address"
        context.close()
    elsewhere = [url for url in asked if not url.startswith((*homes, "blob:"))]
    assert elsewhere == []
    assert [url for url in asked if "?" in url] == [], "a text may stand in such an address"
    assert [text for text in mistakes if not text.startswith("Failed to load resource")] == []


def choose(page, source, target):
    page.select_option("#source", source)
    page.select_option("#target", target)


def until(page, condition):
    """Wait for it; Playwright's own way evaluates texts, and the page forbids that."""
    for _ in range(400):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(25)
    raise AssertionError(condition)


def highlighted(page):
    return page.evaluate(
        "[...(CSS.highlights.get('aligned') ?? [])]"
        ".map((one) => one.startContainer.data.slice(one.startOffset, one.endOffset))"
    )


def without(storage):
    script = f"Object.defineProperty(window, '{storage}', {{ get() {{ throw new Error('no'); }} }})"
    return lambda page: page.add_init_script(script)


def refuse(page, status, reason, **headers):
    body = json.dumps({"reason": reason, "message": f"in the service's words: {reason}"})
    page.route(
        "**/api/v1/translate",
        lambda route: route.fulfill(status=status, headers={"content-type": "application/json", **headers}, body=body),
    )


class TestText:
    def test_what_is_typed_is_translated_and_its_language_told(self, visit, site):
        page = visit(site)
        page.locator("#source-text").press_sequentially("This is a house.", delay=5)
        expect(page.locator("#output")).to_have_text("de(This is a house.)")
        expect(page.locator("#source option:checked")).to_have_text("English (detected)")
        expect(page.locator("#count")).to_have_text("16 of 2,000 characters")
        assert page.get_attribute("#output", "lang") == "de"
        assert page.get_attribute("#source-text", "lang") == "en"
        expect(page.locator("#announcer")).to_have_text("de(This is a house.)")
        page.click("#clear")
        expect(page.locator("#output")).to_have_text("")
        expect(page.locator("#source option:checked")).to_have_text("Detect language")
        assert page.evaluate("localStorage.length") == 0

    def test_an_older_request_is_called_off(self, visit):
        speaker = Held("en", "de")
        with listening(make_service(speaker)) as address:
            page = visit(address)
            for text in ("one", "one two", "one two three", "four"):
                with page.expect_request("**/api/v1/translate"):
                    page.fill("#source-text", text)
            page.wait_for_timeout(300)  # the server hears that nobody waits any more
            speaker.go.set()
            expect(page.locator("#output")).to_have_text("de(four)")
        assert speaker.asked[-1] == "four"
        assert "one two three" not in speaker.asked

    def test_it_can_be_stopped(self, visit):
        speaker = Held("en", "de")
        with listening(make_service(speaker)) as address:
            page = visit(address)
            page.fill("#source-text", "one")
            page.click("#stop")
            expect(page.locator("#busy")).to_be_hidden()
            page.fill("#source-text", "two")
            expect(page.locator("#stop")).to_be_visible()
            page.keyboard.press("Escape")
            expect(page.locator("#busy")).to_be_hidden()
            speaker.go.set()
            expect(page.locator("#notice-text")).to_have_text("Translation stopped")
            page.click("#notice-action")
            expect(page.locator("#output")).to_have_text("de(two)")
            expect(page.locator("#notice")).to_be_hidden()
            page.fill("#source-text", "three")
            page.keyboard.press("Control+Enter")
            expect(page.locator("#output")).to_have_text("de(three)")

    def test_what_is_half_written_is_not_translated(self, visit):
        speaker = Parrot("en", "de")
        with listening(make_service(speaker)) as address:
            page = visit(address)
            keyboard = page.context.new_cdp_session(page)
            page.evaluate("""() => {
                const field = document.getElementById("source-text");
                document.execCommand("insertText", false, "a ");
                field.dispatchEvent(new CompositionEvent("compositionstart"));  // before the pause is over
            }""")
            for half in ("n", "ni", "ni hao"):
                keyboard.send("Input.imeSetComposition", {"text": half, "selectionStart": 1, "selectionEnd": 1})
            assert page.input_value("#source-text") == "a ni hao"
            page.wait_for_timeout(500)
            assert speaker.asked == []
            keyboard.send("Input.insertText", {"text": "你好"})
            expect(page.locator("#output")).to_have_text("de(a 你好)")
            assert speaker.asked[0] == "a 你好"

    def test_keyboards_on_a_glass_compose_all_the_time(self, visit, site):
        page = visit(site, has_touch=True, is_mobile=True)
        choose(page, "en", "de")
        page.tap("#source-text")
        half = {"text": "hous", "selectionStart": 4, "selectionEnd": 4}
        page.context.new_cdp_session(page).send("Input.imeSetComposition", half)
        expect(page.locator("#output")).to_have_text("de(hous)")

    def test_clearing_can_be_undone(self, visit, site):
        page = visit(site)
        page.keyboard.type("This is a house.")
        page.click("#clear")
        expect(page.locator("#source-text")).to_have_value("")
        page.keyboard.press("Control+z")
        expect(page.locator("#source-text")).to_have_value("This is a house.")
        expect(page.locator("#output")).to_have_text("de(This is a house.)")

    def test_what_is_dropped(self, visit, site):
        """A text is for the browser, wherever it falls; a file is translated."""
        page = visit(site)
        choose(page, "en", "de")
        drop = """(kind) => {
            const [data, at] = [new DataTransfer(), document.getElementById("source-text")];
            if (kind === "file") data.items.add(new File(["A house."], "a.txt"));
            else data.setData("text/plain", "A house.");
            return ["dragover", "drop"].map((name) => !at.dispatchEvent(
                new DragEvent(name, { dataTransfer: data, cancelable: true, bubbles: true })));
        }"""
        assert page.evaluate(drop, "text") == [False, False]
        assert page.evaluate(drop, "file") == [True, True]
        expect(page.locator("#panel-files")).to_be_visible()
        expect(page.locator("#jobs .state")).to_have_text("In German")

    def test_swap_turns_round_only_what_can_be(self, visit, site):
        page = visit(site)
        assert page.get_attribute("#swap", "aria-disabled") == "true"
        assert page.get_attribute("#swap", "aria-label") == "Swap languages"  # nobody knows yet what with
        page.fill("#source-text", "This is a house.")
        expect(page.locator("#output")).to_have_text("de(This is a house.)")
        page.click("#swap")
        expect(page.locator("#source-text")).to_have_value("de(This is a house.)")
        expect(page.locator("#output")).to_have_text("en(de(This is a house.))")
        assert (page.input_value("#source"), page.input_value("#target")) == ("de", "en")
        choose(page, "en", "fr")
        assert page.get_attribute("#swap", "aria-disabled") == "true"
        assert "other direction" in page.get_attribute("#swap", "aria-label")

    def test_a_text_in_the_target_language(self, visit, site):
        page = visit(site)
        page.select_option("#target", "en")
        page.fill("#source-text", "The house is old and very big.")
        page.click("#notice-action")  # what is offered: another target
        expect(page.locator("#output")).to_have_text(re.compile(r"^(de|ar)\("))

    def test_a_text_in_the_language_of_the_reader_goes_into_one_that_is_read(self, visit, site):
        page = visit(site, locale="fr")  # which the interface does not speak: it is English, and so is the first target
        page.fill("#source-text", "The house is old and very big.")
        expect(page.locator("#output")).to_have_text("big. very and old is house The")

    def test_other_translations(self, visit, site):
        page = visit(site)
        choose(page, "en", "de")
        page.fill("#source-text", "A house.")
        others = page.locator("#alternatives-list button")
        expect(others).to_have_text(["de1(A house.)", "de2(A house.)", "de3(A house.)"])
        others.nth(1).click()
        expect(page.locator("#output")).to_have_text("de2(A house.)")
        expect(others).to_have_text(["de1(A house.)", "de(A house.)", "de3(A house.)"])
        expect(others.nth(1)).to_be_focused()
        page.select_option("#interface", "de")
        expect(page.locator("#alternatives-title")).to_have_text("Anders gesagt")
        expect(page.locator("#output")).to_have_text("de2(A house.)")
        page.click("#tab-files")
        expect(page.locator("#alternatives")).to_be_hidden()
        page.click("#tab-text")
        expect(page.locator("#alternatives")).to_be_visible()
        page.fill("#source-text", "A mouse.")
        expect(page.locator("#alternatives")).to_be_hidden()

    def test_which_word_became_which(self, visit, site):
        page = visit(site)
        choose(page, "en", "fr")
        page.fill("#source-text", "my 😀 big house")
        output = page.locator("#output")
        expect(output).to_have_text("house big 😀 my")
        box = output.bounding_box()
        page.mouse.move(box["x"] + 40, box["y"] + 36)
        until(page, "CSS.highlights.has('aligned')")
        assert highlighted(page) == ["house", "house"]
        box = page.locator("#source-text").bounding_box()
        page.mouse.move(box["x"] + 35, box["y"] + 36)
        until(page, "CSS.highlights.get('aligned')?.values().next().value.startOffset === 0")
        assert highlighted(page) == ["my", "my"]
        page.mouse.move(5, 5)
        until(page, "!CSS.highlights.has('aligned')")
        output.focus()
        steps = []
        for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
            output.press(key)
            steps.append(highlighted(page))
        assert steps == [["house", "house"], ["big", "big"], ["😀", "😀"], ["big", "big"]]
        expect(page.locator("#announcer")).to_have_text("big – big")
        page.focus("#source-text")
        page.keyboard.press("Control+Home")
        page.keyboard.press("ArrowRight")
        assert highlighted(page) == ["my", "my"]

    def test_every_word_can_be_reached_where_several_came_of_one(self, visit):
        with listening(make_service(Doubling("en", "de"))) as address:
            page = visit(address)
            page.fill("#source-text", "my house")
            expect(page.locator("#output")).to_have_text("my my house house")
            page.focus("#output")
            steps = []
            for key in ["ArrowRight"] * 3 + ["ArrowLeft"] * 2:
                page.keyboard.press(key)
                steps.append(highlighted(page)[0])
            assert steps == ["my", "my", "house", "my", "my"]

    def test_copy(self, visit, site):
        page = visit(site, permissions=["clipboard-read", "clipboard-write"])
        choose(page, "en", "de")
        expect(page.locator("#copy")).to_be_hidden()
        page.fill("#source-text", "A house.")
        page.click("#copy")
        expect(page.locator("#announcer")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == "de(A house.)"

    def test_too_long(self, visit, site):
        page = visit(site)
        page.fill("#source-text", "😀" * 1999)
        expect(page.locator("#output")).not_to_have_text("")
        page.fill("#source-text", "😀" * 2001)
        expect(page.locator("#notice-text")).to_contain_text("At most 2,000 characters")
        expect(page.locator("#count")).to_have_class(re.compile("over"))

    def test_right_to_left(self, visit, site):
        page = visit(site)
        choose(page, "ar", "en")
        page.fill("#source-text", "مرحبا")
        expect(page.locator("#output")).to_have_text("en(مرحبا)")
        assert [page.get_attribute(one, "dir") for one in ("#source-text", "#output")] == ["rtl", "ltr"]
        page.click("#swap")
        expect(page.locator("#output")).to_have_attribute("dir", "rtl")
        page.evaluate("document.documentElement.dir = 'rtl'")
        boxes = [page.locator(one).bounding_box()["x"] for one in ("#source-text", "#output")]
        assert boxes[0] > boxes[1]

    def test_a_long_text_comes_piece_by_piece(self, visit):
        speaker = Parrot("en", "de", seconds=0.1)
        text = "".join(f"Sentence number {number} is here.\n" for number in range(60))
        with listening(make_service(speaker)) as address:
            page = visit(address)
            page.fill("#source-text", text)
            until(page, "document.getElementById('output').textContent.includes('number 0 ')")
            assert "number 59 " not in page.inner_text("#output")
            until(page, "document.getElementById('output').textContent.includes('number 59 ')")
            assert page.text_content("#output") == "".join(f"de({line})\n" for line in text.splitlines())
            page.wait_for_timeout(1500)  # the words of it are asked for, and there are none
            speaker.seconds = 1.0
            page.fill("#source-text", text.replace("here", "there"))
            page.click("#stop")
            expect(page.locator("#busy")).to_be_hidden()


def write_terms(page, lines):
    page.click("#glossary-open")
    page.fill("#glossary-terms", lines)
    page.keyboard.press("Escape")


def sent_terms(request):
    return request.value.post_data_json.get("terms")


class TestGlossary:
    def test_terms_are_obeyed_and_only_those_in_the_text_are_sent(self, visit):
        with listening(make_service(Obedient("en", "de"), Parrot("en", "fr"))) as address:
            page = visit(address)
            choose(page, "en", "de")
            page.fill("#source-text", "A dog in a  house")
            expect(page.locator("#output")).to_have_text("de(A dog in a  house)")
            with page.expect_request("**/api/v1/translate") as request:
                write_terms(page, "Dog = Rüde\n\ncat = Kater\nno term\n=x\na house\tein = Haus")
            assert sent_terms(request) == {"Dog": "Rüde", "a house": "ein = Haus"}
            page.fill("#source-text", "A cat")
            expect(page.locator("#output")).to_have_text("de(A Kater)")
            expect(page.locator("#alternatives-list button").first).to_have_text("de1(A Kater)")
            page.click("#glossary-open")
            expect(page.locator("#glossary-state")).to_have_text(
                "Terms: 3 · Left out, not “term = translation”: line 4, 5"
            )
            page.keyboard.press("Escape")
            expect(page.get_by_role("button", name="Glossary: 3")).to_be_focused()
            page.reload()
            page.wait_for_selector("body[data-ready=all]")
            expect(page.locator("#glossary-count")).to_have_text("3")
            page.select_option("#target", "fr")  # which has terms of its own
            expect(page.locator("#glossary-count")).to_have_text("")
            page.select_option("#target", "de")
            write_terms(page, "")
            assert page.evaluate("Object.keys(localStorage)") == ["dragoman.languages"]

    def test_what_was_not_obeyed_is_told(self, visit):
        with listening(make_service(Stubborn("en", "de"))) as address:
            page = visit(address)
            write_terms(page, "house = Bau\nA = de")
            page.fill("#source-text", "A house.")
            expect(page.locator("#facts")).to_have_text("Not said as in your glossary: house = Bau")
            page.select_option("#interface", "de")
            expect(page.locator("#facts")).to_have_text("Nicht wie in Ihrem Glossar gesagt: house = Bau")
            page.fill("#source-text", "A house. " * 100)  # a stream
            expect(page.locator("#facts")).to_contain_text("house = Bau")
            page.fill("#source-text", "No such word.")
            expect(page.locator("#facts")).to_have_text("")

    def test_where_no_model_obeys(self, visit, site):
        page = visit(site)
        choose(page, "en", "de")
        write_terms(page, "house = Bau")
        for text in ("A house.", "A house. " * 100):
            page.fill("#source-text", text)
            expect(page.locator("#output")).to_contain_text("de(A house.)")
            expect(page.locator("#facts")).to_have_text("No glossary can be used between these languages")
        give_file(page, "a.txt", b"A house.")
        expect(page.locator("#jobs .state")).to_contain_text("In German · without your glossary")

    def test_in_a_file(self, visit):
        with listening(make_service(Obedient("en", "de"))) as address:
            page = visit(address)
            write_terms(page, "house = Bau")
            give_file(page, "a.txt", b"A house.")
            with page.expect_download() as download:
                page.get_by_label("Download a.txt").click()
            assert download.value.path().read_text() == "de(A Bau.)"


class TestHistory:
    def test_nothing_is_kept_unless_wanted_and_then_only_here(self, visit, site):
        page = visit(site)
        choose(page, "en", "de")
        page.click("#history-open")
        assert not page.is_checked("#history-on")
        page.check("#history-on")
        page.click("#history [data-close]")
        page.fill("#source-text", ATTACK)
        until(page, "localStorage.getItem('dragoman.history') !== null")
        page.reload()
        page.wait_for_selector("body[data-ready=all]")
        page.click("#history-open")
        entry = page.locator("#history-list .entry")
        expect(entry.locator(".said")).to_have_text(ATTACK)
        expect(entry.locator(".meant")).to_have_text(f"de({ATTACK})")
        entry.click()
        expect(page.locator("#source-text")).to_have_value(ATTACK)
        page.click("#history-open")
        page.uncheck("#history-on")
        expect(entry).to_have_count(0)
        kept = page.evaluate("Object.keys(localStorage)")
        assert kept == ["dragoman.languages"]

    def test_it_has_an_end_and_each_entry_can_go(self, visit, site):
        page = visit(site)
        script = """async () => {
            const { History } = await import("/web/history.js");
            localStorage.setItem("dragoman.history.on", "true");
            const history = new History(() => {});
            for (let number = 0; number < 80; number += 1)
                history.add({ source: "en", target: "de", text: `text ${number}.`, translation: `${number}` });
            history.add({ source: "en", target: "de", text: "text 79. And more", translation: "more" });
            history.add({ source: "en", target: "de", text: "x".repeat(5001), translation: "long" });
        }"""
        page.evaluate(script)
        page.click("#history-open")
        entries = page.locator("#history-list .said")
        expect(entries).to_have_count(50)
        expect(entries.first).to_have_text("text 79. And more")
        expect(entries.nth(1)).to_have_text("text 78.")
        page.locator("#history-list .icon").nth(1).click()
        expect(entries).to_have_count(49)
        expect(page.locator("#history-list .icon").nth(1)).to_be_focused()
        page.click("#history-clear")
        expect(entries).to_have_count(0)

    def test_a_browser_that_keeps_nothing(self, visit, site):
        page = visit(site, before=without("localStorage"))
        write_terms(page, "a = b")
        page.click("#history-open")
        page.check("#history-on")
        expect(page.locator("#history-empty")).to_be_visible()
        page.keyboard.press("Escape")
        page.fill("#source-text", "This is a house.")
        expect(page.locator("#output")).to_have_text("de(This is a house.)")
        page.wait_for_timeout(2600)
        page.click("#history-open")
        expect(page.locator("#history-list .said")).to_have_text("This is a house.")

    def test_two_tabs(self, visit, site):
        first = visit(site)
        first.click("#history-open")
        first.check("#history-on")
        first.keyboard.press("Escape")
        second = first.context.new_page()
        second.goto(site)
        second.wait_for_selector("body[data-ready=all]")
        for page, text in ((first, "A house."), (second, "A mouse.")):
            choose(page, "en", "de")
            page.fill("#source-text", text)
        until(first, "(localStorage.getItem('dragoman.history') ?? '').split('when').length === 3")
        second.click("#history-open")
        second.click("#history-clear")
        first.click("#history-open")
        expect(first.locator("#history-list li")).to_have_count(0)


class TestTrouble:
    def test_too_many_requests_are_tried_again(self, visit, site):
        page = visit(site, before=lambda page: refuse(page, 429, "rate", **{"Retry-After": "2"}))
        page.fill("#source-text", "A house.")
        expect(page.locator("#notice-text")).to_have_text(
            re.compile(r"Too many requests in a short time\. Trying again in \d s\.")
        )
        page.unroute("**/api/v1/translate")
        expect(page.locator("#output")).to_have_text("de(A house.)")
        expect(page.locator("#notice")).to_be_hidden()

    def test_a_service_that_is_full_or_away(self, visit, site):
        page = visit(site)
        page.route("**/translate", lambda route: route.fulfill(status=502, body="<h1>Bad Gateway</h1>"))
        page.fill("#source-text", "A house.")  # a proxy says so
        expect(page.locator("#notice-text")).to_contain_text("cannot be reached. Check your connection. Trying again")
        page.unroute_all()
        refuse(page, 503, "overloaded", **{"Retry-After": "1"})
        expect(page.locator("#notice-text")).to_contain_text("Many are translating at this moment. Trying again in 1")
        page.unroute_all()
        expect(page.locator("#output")).to_have_text("de(A house.)")

    def test_what_does_not_come_whole(self, visit, site):
        page = visit(site)
        page.route("**/translate", lambda route: route.fulfill(body='{"transl'))
        page.fill("#source-text", "A house.")
        expect(page.locator("#notice-text")).to_contain_text("cannot be reached")

    def test_a_notice_is_in_sight(self, visit, site):
        page = visit(site, viewport={"width": 640, "height": 400})  # a window at twice its size
        page.fill("#source-text", "A house. " * 300)
        expect(page.locator("#notice")).to_be_in_viewport(ratio=1)

    @pytest.mark.parametrize(
        ("status", "reason", "words"),
        [
            (429, "quota", "used up"),
            (400, "unknown_pair", "Choose another one"),
            (500, "nonsense", "The service said: in the service's words: nonsense"),
        ],
    )
    def test_what_trying_again_does_not_help(self, visit, site, status, reason, words):
        page = visit(site, before=lambda page: refuse(page, status, reason))
        page.fill("#source-text", "A house.")
        expect(page.locator("#notice-text")).to_contain_text(words)
        expect(page.locator("#busy")).to_be_hidden()

    def test_without_a_network(self, visit, site):
        page = visit(site)
        page.context.set_offline(True)
        page.fill("#source-text", "A house.")
        expect(page.locator("#notice-text")).to_contain_text("cannot be reached")
        page.context.set_offline(False)
        expect(page.locator("#output")).to_have_text("de(A house.)")
        expect(page.locator("#notice")).to_be_hidden()

    def test_models_that_are_still_being_loaded(self, visit):
        service = make_service()
        with listening(service) as address:
            service.fleet.members.append(loading := Member("a model"))
            page = visit(address, ready="words")
            expect(page.locator("#notice-text")).to_have_text("The models are still being loaded.")
            expect(page.locator("#notice-progress")).to_be_visible()
            page.fill("#source-text", "A house.")
            service.fleet.members.remove(loading)
            service.fleet.add_speaker(Parrot("en", "de"))
            expect(page.locator("#output")).to_have_text("de(A house.)")
            expect(page.locator("#notice")).to_be_hidden()

    def test_a_key_is_asked_for_and_stays_in_the_tab(self, visit):
        with listening(make_service(Parrot("en", "de"), gate=KeyGate(secret=Caller("key-1")))) as address:
            page = visit(address)
            page.fill("#key-input", "wrong")
            page.keyboard.press("Enter")
            page.fill("#source-text", "A house.")
            expect(page.locator("#key-about")).to_contain_text("not valid")
            page.fill("#key-input", "secret")
            page.click("#key button[type=submit]")
            expect(page.locator("#output")).to_have_text("de(A house.)")
            assert page.evaluate("[sessionStorage.length, localStorage.length]") == [1, 0]
            expect(page.locator("#key")).to_be_hidden()
            page.reload()
            page.wait_for_selector("body[data-ready=all]")
            expect(page.locator("#key")).to_be_hidden()

    def test_who_gives_no_key_is_left_in_peace(self, visit):
        with listening(make_service(Parrot("en", "de"), gate=KeyGate(secret=Caller("key-1")))) as address:
            page = visit(address, before=without("sessionStorage"))
            expect(page.locator("#key-about")).to_have_text("This service needs a key.")
            page.mouse.click(640, 330)  # inside
            expect(page.locator("#key")).to_be_visible()
            page.mouse.click(40, 700)  # beside
            expect(page.locator("#key")).to_be_hidden()
            page.fill("#source-text", "A house.")
            expect(page.locator("#notice-text")).to_be_visible()
            expect(page.locator("#key")).to_be_hidden()
            page.click("#notice-action")
            page.fill("#key-input", "secret")
            page.keyboard.press("Enter")
            expect(page.locator("#output")).to_have_text("de(A house.)")

    def test_texts_stay_texts(self, visit, site):
        page = visit(site)
        choose(page, "en", "de")
        page.fill("#source-text", ATTACK)
        expect(page.locator("#output")).to_have_text(f"de({ATTACK})")
        expect(page.locator("#alternatives-list button").first).to_have_text(f"de1({ATTACK})")
        refuse(page, 400, ATTACK)
        page.fill("#source-text", "A house.")
        expect(page.locator("#notice-text")).to_contain_text(ATTACK)
        assert page.locator("main img, #output script").count() == 0


@contextmanager
def file_service(page, states):
    """Answers the questions of the page about files, one state after another."""
    asked = []

    def answer(route):
        request = route.request
        asked.append((request.method, request.url.partition("/api/v1")[2], request.post_data_buffer or b""))
        if request.method == "POST":
            route.fulfill(status=202, json={"id": "one", "state": "waiting", "name": "", "done": 0, "total": 0})
        elif request.method == "DELETE":
            route.fulfill(status=204)
        elif request.url.endswith("/result"):
            headers = {"content-disposition": "attachment; filename*=UTF-8''Brief%20%F0%9F%98%80.txt"}
            route.fulfill(body="Zwei Hunde.", headers=headers)
        else:
            state = states.pop(0) if len(states) > 1 else states[0]
            route.fulfill(
                json={"id": "one", "name": "", "reason": "", "message": "", "total": 8, "done": 3, "notes": [], **state}
            )

    page.route("**/api/v1/files**", answer)
    page.route("**/api/v1/files/**", answer)
    yield asked


def give_file(page, name, content=b"Two dogs."):
    page.click("#tab-files")
    page.set_input_files("#file-input", [{"name": name, "mimeType": "text/plain", "buffer": content}])


class TestFiles:
    def test_one_is_translated_and_downloaded(self, visit, site):
        page = visit(site)
        choose(page, "en", "de")
        with file_service(page, [{"state": "translating"}, {"state": "done"}]) as asked:
            give_file(page, f"{ATTACK}.txt")
            job = page.locator("#jobs li")
            expect(job.locator(".name")).to_have_text(f"{ATTACK}.txt")
            expect(job.locator(".state")).to_have_text("37 % translated")
            assert job.locator("progress").evaluate("(bar) => bar.position") == 3 / 8
            with page.expect_download() as download:
                job.get_by_text("Download").click()
            assert download.value.suggested_filename == "Brief 😀.txt"
            assert download.value.path().read_text() == "Zwei Hunde."
            job.locator(".icon").click()
            expect(job).to_have_count(0)
        assert [one[:2] for one in asked] == [
            ("POST", "/files"), ("GET", "/files/one"), ("GET", "/files/one"), ("GET", "/files/one/result"),
            ("DELETE", "/files/one"),
        ]  # fmt: skip
        assert all(
            part in asked[0][2] for part in (b'name="target"\r\n\r\nde', b'name="source"\r\n\r\nen', b"Two dogs.")
        )

    def test_in_earnest(self, visit, site):
        page = visit(site)
        choose(page, "en", "de")
        page.click("#tab-files")
        expect(page.locator("#file-kinds")).to_contain_text("docx")
        give_file(page, "page.html", f"<p>This is <b>a house</b>.</p><p>{ATTACK}".encode())
        with page.expect_download() as download:
            page.get_by_label("Download page.html").click()
        assert download.value.suggested_filename == "page.de.html"
        assert "de(This is" in download.value.path().read_text()
        give_file(page, "picture.png", b"\x89PNG")
        expect(page.locator("#jobs .state").first).to_contain_text("Such files are not translated. Possible are: docx,")
        expect(page.get_by_label("Try picture.png again")).to_have_count(0)

    def test_failures_in_the_words_of_the_page(self, visit, site):
        page = visit(site, locale="de")
        give_file(page, "a.txt", b"caf\xe9")
        expect(page.locator("#jobs .state")).to_have_text(
            "Diese Datei ist nicht in UTF-8 geschrieben. Speichern Sie sie als UTF-8."
        )
        expect(page.locator("#jobs .detail")).to_contain_text("byte 3 (0xe9), in line 1")
        give_file(page, "b.docx", b"%PDF")
        expect(page.locator("#jobs .state").first).to_have_text("Diese Datei ist nicht, was ihr Name sagt.")
        page.select_option("#interface", "en")
        expect(page.locator("#jobs .state").first).to_have_text("This file is not what its name says.")
        expect(page.get_by_label("Remove b.docx")).to_be_visible()

    def test_what_need_not_be_sent(self, visit, site):
        page = visit(site)
        with file_service(page, []) as asked:
            give_file(page, "large.txt", b"x" * 10_000_001)
            expect(page.locator("#jobs .state")).to_have_text(
                "This file is too large: at most 10 MB and 500,000 characters."
            )
            page.evaluate("() => { File.prototype.slice = () => { throw new Error('gone'); }; }")
            give_file(page, "folder")
            expect(page.locator("#jobs .state").first).to_contain_text("cannot be read")
        assert asked == []

    def test_many_are_sent_one_after_another(self, visit, site):
        page = visit(site)
        page.click("#tab-files")
        sent = []
        page.route("**/api/v1/files", lambda route: sent.append(route))
        files = [{"name": f"{name}.txt", "mimeType": "text/plain", "buffer": b"x"} for name in "abc"]
        page.set_input_files("#file-input", files)
        states = page.locator("#jobs .state")
        expect(states).to_have_text(["Waiting…", "Waiting…", "Sending…"])
        page.get_by_label("Cancel b.txt").click()
        expect(states).to_have_text(["Waiting…", "Sending…"])
        sent.pop().fulfill(status=415, json={"reason": "unsupported_format", "message": ""})
        expect(states.last).to_contain_text("Such files are not translated")
        expect(states.first).to_have_text("Sending…")
        assert [b'"c.txt"' in request.request.post_data_buffer for request in sent] == [True]
        sent.pop().abort()

    def test_by_keyboard_alone(self, visit, site):
        page = visit(site)
        page.focus("#tab-text")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Tab")
        while page.evaluate("document.activeElement.id") != "file-input":
            page.keyboard.press("Tab")
        with file_service(page, [{"state": "translating"}, {"state": "done"}]):
            page.set_input_files("#file-input", [{"name": "a.txt", "mimeType": "text/plain", "buffer": b"A house."}])
            page.keyboard.press("Tab")
            expect(page.get_by_label("Cancel a.txt")).to_be_focused()
            expect(page.get_by_label("Download a.txt")).to_be_focused()  # what takes its place
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            expect(page.locator("#jobs li")).to_have_count(0)
            expect(page.locator("#file-input")).to_be_focused()

    def test_cancel_and_failure(self, visit, site):
        page = visit(site)
        with file_service(page, [{"state": "translating"}]) as asked:
            give_file(page, "a.txt")
            expect(page.locator("#jobs progress")).to_be_visible()
            page.get_by_label("Cancel a.txt").click()
            expect(page.locator("#jobs li")).to_have_count(0)
            page.wait_for_timeout(50)
            assert asked[-1][:2] == ("DELETE", "/files/one")
        with file_service(page, [{"state": "failed", "reason": "nonsense", "message": f"no zip archive {ATTACK}"}]):
            give_file(page, "b.docx")
            expect(page.locator("#jobs .state")).to_have_text(f"The service said: no zip archive {ATTACK}")
            expect(page.get_by_label("Try b.docx again")).to_be_visible()


def focused_by_tab(page):
    """What has the focus, one after another, once round; each must show it."""
    places = []
    while "source-text" not in places:
        page.keyboard.press("Tab")
        place, shown = page.evaluate("""() => {
            const one = document.activeElement;
            const pane = one.closest(".pane");
            const isShown = getComputedStyle(one).outlineStyle !== "none"
                || (pane !== null && getComputedStyle(pane, "::before").height === "2px");
            return [one.id || one.className || one.tagName, isShown];
        }""")
        assert shown or place == "BODY", f"{place} does not show that it has the focus"
        places.append(place)
        assert len(places) < 40
    return places


class TestForEveryone:
    @pytest.mark.parametrize(
        ("locale", "language", "words"),
        [
            ("zh-CN", "zh-Hans", "译文显示在这里"),
            ("de-AT", "de", "Hier erscheint die Übersetzung"),
            ("fr", "en", "appears here"),
        ],
    )
    def test_the_language_of_the_browser(self, visit, site, locale, language, words):
        page = visit(site, locale=locale)
        assert page.get_attribute("html", "lang") == language
        shown = page.locator("#output").evaluate("(one) => getComputedStyle(one, '::before').content")
        assert words in shown
        names = {"zh-Hans": "德语", "de": "Deutsch", "en": "German"}
        assert names[language] in page.locator("#target").inner_text()
        page.fill("#source-text", "This is a house.")
        expect(page.locator("#output")).not_to_have_text("")
        assert not re.findall(r"\b[a-z]+\.[a-z.]+\b|\{\w+\}", page.inner_text("body").replace("0.1.0", ""))

    def test_another_one_can_be_chosen_and_is_remembered(self, visit, site):
        page = visit(site)
        page.fill("#source-text", "This is a house.")
        expect(page.locator("#source option:checked")).to_have_text("English (detected)")
        page.select_option("#interface", "zh-Hans")
        expect(page.locator("#source option:checked")).to_have_text("英语（自动检测）")
        page.reload()
        page.wait_for_selector("body[data-ready=all]")
        assert page.get_attribute("html", "lang") == "zh-Hans"

    def test_light_and_dark(self, visit, site):
        page = visit(site, color_scheme="light")
        ground = "getComputedStyle(document.body).backgroundColor"
        light = page.evaluate(ground)
        page.click("#theme")
        page.click("#theme")
        dark = page.evaluate(ground)
        assert dark != light
        page.reload()
        page.wait_for_selector("body[data-ready=all]")
        assert page.evaluate(ground) == dark
        page.click("#theme")
        assert page.evaluate(ground) == light
        page.emulate_media(color_scheme="dark")
        assert page.evaluate(ground) == dark

    def test_by_keyboard_alone(self, visit, site):
        page = visit(site)
        expect(page.locator("#source-text")).to_be_focused()
        page.keyboard.type("This is a house.")
        expect(page.locator("#alternatives-list button")).to_have_count(3)
        reached = focused_by_tab(page)
        wanted = {"tab-text", "history-open", "theme", "interface", "source", "swap", "target", "source-text", "clear"}
        assert wanted | {"output", "copy", "shortcuts-open"} <= set(reached)
        assert reached.count("BUTTON") == 3  # the other translations
        page.focus("#tab-text")
        page.keyboard.press("ArrowRight")
        expect(page.locator("#tab-files")).to_be_focused()
        expect(page.locator("#panel-files")).to_be_visible()
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Alt+Shift+S")
        expect(page.locator("#output")).to_have_text("en(de(This is a house.))")
        page.keyboard.press("Alt+Shift+X")
        expect(page.locator("#source-text")).to_have_value("")
        page.focus("#shortcuts-open")
        page.keyboard.press("Enter")
        expect(page.locator("#shortcuts")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#shortcuts")).to_be_hidden()
        expect(page.locator("#shortcuts-open")).to_be_focused()

    @pytest.mark.parametrize("width", [360, 320])  # a phone; a window at four times its size
    def test_a_narrow_phone(self, visit, site, width):
        page = visit(site, viewport={"width": width, "height": 740}, has_touch=True)
        page.fill("#source-text", "A verylongwordwithoutanyspaceinitthatgoesonandon house " * 3)
        expect(page.locator("#output")).not_to_have_text("")
        for language in ("en", "de", "zh-Hans"):
            page.select_option("#interface", language)
            for tab in ("#tab-text", "#tab-files"):
                page.click(tab)
                assert page.evaluate("document.documentElement.scrollWidth") == width
            edges = page.eval_on_selector_all(
                ".languages select, .languages button",
                "(all) => all.map((one) => one.getBoundingClientRect().toJSON())",
            )
            assert all(one["right"] <= other["left"] for one, other in pairwise(edges))

    def test_less_motion(self, visit, site):
        page = visit(site, reduced_motion="reduce")
        page.evaluate("document.getElementById('busy').hidden = false")
        assert page.evaluate("getComputedStyle(document.getElementById('busy'), '::before').animationName") == "none"

    @pytest.mark.parametrize("colours", ["light", "dark"])
    def test_nothing_serious_is_found_by_axe(self, visit, site, colours):
        axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()

        def look(page, where):
            found = axe.run(page).response["violations"]
            serious = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
            assert serious == [], where

        page = visit(site, color_scheme=colours)
        look(page, "empty")
        choose(page, "en", "de")
        page.fill("#source-text", "A house.")
        expect(page.locator("#alternatives-list button")).to_have_count(3)
        look(page, "translated")
        for dialog in ("history", "glossary", "shortcuts"):
            page.click(f"#{dialog}-open")
            look(page, dialog)
            page.keyboard.press("Escape")
        refuse(page, 401, "no_key")
        page.fill("#source-text", "A mouse.")
        expect(page.locator("#key")).to_be_visible()
        look(page, "key")
        page.keyboard.press("Escape")
        look(page, "trouble")
        with file_service(page, [{"state": "translating"}]):
            give_file(page, "a.txt")
            expect(page.locator("#jobs progress")).to_be_visible()
            look(page, "files")
        for name, content in (("done.txt", b"A house."), ("broken.docx", b"no archive"), ("old.txt", b"caf\xe9")):
            page.unroute_all()
            give_file(page, name, content)
            expect(page.locator("#jobs .state").first).to_have_text(re.compile("^(In|This) "))
        page.set_viewport_size({"width": 360, "height": 740})
        look(page, "files that are done, and that failed; a phone")
        page.click("#tab-text")
        look(page, "a phone")
        page.click("#glossary-open")
        page.fill("#glossary-terms", "no term")
        look(page, "a wrong term")
