"""The status page in a real Chromium: figures, a key, languages, dark and narrow windows."""

import re
import shutil

import pytest
from server_fakes import KeyGate, Parrot, listening, make_service
from test_journey_serve import ask

from dragoman.server.gate import Caller

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install 'dragoman[dev]'")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt install chromium")
SWITCHES = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser):
    """Opens the page, and looks afterwards whether it made no mistake and asked nobody else."""
    contexts, mistakes, asked, homes = [], [], [], []

    def open_page(address, **wishes):
        context = browser.new_context(**{"locale": "en", **wishes})
        contexts.append(context)
        homes.append(address)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: mistakes.append(str(error)))
        page.on("console", lambda said: said.type in ("error", "warning") and mistakes.append(said.text))
        page.goto(f"{address}/status")
        return page

    yield open_page
    for context in contexts:
        assert context.cookies() == []
        context.close()
    assert all(url.startswith(tuple(homes)) for url in asked)
    assert [text for text in mistakes if not text.startswith("Failed to load resource")] == []


def test_figures_as_pictures_and_as_tables(visit):
    with listening(make_service(Parrot("en", "de"))) as address:
        ask(f"{address}/translate", q="hello", source="en", target="de")
        page = visit(address)
        page.wait_for_selector("#figures:not([hidden]) svg[aria-label]")
        assert page.locator("#alerts").inner_text() == "All is well."
        assert page.locator("#models").inner_text().split("\n")[-1].startswith("en → de\tready")
        assert page.locator("figure svg[role=img]").count() == page.locator("figure table").count() == 8
        with page.expect_response(re.compile(r"/status/data\?range=day")) as day:
            page.locator("#ranges").get_by_text("Last day").click()
        assert day.value.ok


def test_a_key_is_asked_for_kept_in_the_tab_and_forgotten(visit):
    gate = KeyGate(boss=Caller("boss", {"metrics"}))
    with listening(make_service(Parrot("en", "de"), gate=gate)) as address:
        page = visit(address)
        page.wait_for_selector("#entrance:not([hidden])")
        assert page.locator("#figures").is_hidden()
        page.fill("#key", "thief")
        page.click("#entrance button")
        page.wait_for_selector("#refused:not(:empty)")
        page.fill("#key", "boss")
        page.keyboard.press("Enter")
        page.wait_for_selector("#figures:not([hidden])")
        page.reload()
        page.wait_for_selector("#figures:not([hidden])")
        page.click("#forget")
        page.wait_for_selector("#entrance:not([hidden])")
        assert page.evaluate("sessionStorage.length + localStorage.length") == 0


@pytest.mark.parametrize(("locale", "word"), [("de-AT", "Letzte Stunde"), ("zh-CN", "最近一小时"), ("fr", "Last hour")])
def test_languages_on_a_phone_in_the_dark(visit, locale, word):
    with listening(make_service(Parrot("en", "de"))) as address:
        page = visit(address, locale=locale, color_scheme="dark", viewport={"width": 360, "height": 700})
        page.wait_for_selector("#figures:not([hidden])")
        assert word in page.locator("#ranges").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert max(map(int, re.findall(r"\d+", dark)[:3])) < 60


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_nothing_serious_is_found_by_axe(visit, colours):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with listening(make_service(Parrot("en", "de"), gate=KeyGate(boss=Caller("boss", {"metrics"})))) as address:
        page = visit(address, color_scheme=colours)
        page.wait_for_selector("#entrance:not([hidden])")
        found = axe.run(page).response["violations"]
        page.fill("#key", "boss")
        page.keyboard.press("Enter")
        page.wait_for_selector("#figures:not([hidden])")
        page.locator("summary").first.click()
        found += axe.run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")] == []
