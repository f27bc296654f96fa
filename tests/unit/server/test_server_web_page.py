"""The web page: its files, how they are given out, and that they keep the house's rules. What it does is a journey."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from server_fakes import Parrot, make_service, nothing
from starlette.testclient import TestClient

from dragoman.server.app import create_app
from dragoman.server.web.page import TYPES, assets

ROOT = Path(__file__).parents[3]
WORD = re.compile(r"""data-word(?:-label|-placeholder|-empty)?="([^"]+)"|\bword\("([^"]+)\"""")
PLACE = re.compile(r"\{\w+\}")
MOST_LINES = 250


@pytest.fixture
def client(service):
    with TestClient(create_app(service, nothing)) as client:
        yield client


def texts(*kinds):
    return {
        path: asset.content.decode() for path, asset in assets().items() if path.rpartition(".")[2] in (kinds or TYPES)
    }


def tables():
    return {path: json.loads(text) for path, text in texts("json").items() if path.startswith("words/")}


class TestGivingOut:
    def test_the_page_and_all_it_names(self, client):
        page = client.get("/")
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        named = set(re.findall(r'"(web/[^"]+)"', page.text)) | {f"web/{path}" for path in assets()}
        assert len(named) > 15
        for path in named:
            answer = client.get(f"/{path}")
            assert answer.status_code == 200, path
            assert answer.headers["content-type"] == TYPES[path.rpartition(".")[2]]
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "require-trusted-types-for 'script'; trusted-types 'none'" in policy
            assert answer.headers["x-content-type-options"] == "nosniff"

    def test_a_browser_keeps_what_has_not_changed(self, client):
        first = client.get("/web/main.js")
        assert first.headers["cache-control"] == "no-cache"
        mark = first.headers["etag"]
        for known in (mark, f"W/{mark}", f'"other", {mark}'):
            again = client.get("/web/main.js", headers={"If-None-Match": known})
            assert (again.status_code, again.content) == (304, b"")
            assert "content-security-policy" in again.headers
        assert client.get("/web/main.js", headers={"If-None-Match": '"other"'}).status_code == 200
        assert client.head("/").status_code == 200

    @pytest.mark.parametrize(
        "path", ["/web/", "/web/page.py", "/web/../page.py", "/web/%2e%2e/page.py", "/web//etc/passwd", "/web/words/"]
    )
    def test_nothing_else(self, client, path):
        assert client.get(path).status_code == 404

    def test_what_the_page_is_told(self, client):
        told = client.get("/web/settings.json")
        assert told.json().keys() == {"version", "needsKey", "maxCharacters", "maxAlternatives"}
        assert told.headers["cache-control"] == "no-store"

    def test_it_can_be_switched_off(self, service):
        with TestClient(create_app(service, nothing, web_page=False)) as client:
            assert client.get("/").status_code == client.get("/web/main.js").status_code == 404
            assert client.get("/languages").status_code == 200

    def test_there_is_none_without_our_own_dialect(self, service):
        with TestClient(create_app(service, nothing, names=["libretranslate"])) as client:
            assert client.get("/").status_code == 404

    def test_it_takes_nothing_from_the_dialect_at_the_root(self):
        bodies = []
        for web_page in (True, False):
            with TestClient(create_app(make_service(Parrot("en", "de")), nothing, web_page=web_page)) as client:
                answers = [
                    client.post("/translate", json={"q": "Hi.", "source": "en", "target": "de"}),
                    client.get("/languages"),
                    client.get("/frontend/settings"),
                    client.post("/"),
                    client.get("/nothing"),
                ]
                bodies.append([(answer.status_code, answer.text) for answer in answers])
        assert bodies[0] == bodies[1]


class TestWords:
    def test_every_language_has_the_same_words_with_the_same_places(self):
        english = tables()["words/en.json"]
        assert tables().keys() == {"words/en.json", "words/de.json", "words/zh-Hans.json"}
        for path, table in tables().items():
            assert list(table) == list(english), path
            for name, text in table.items():
                assert text.strip() == text != "", (path, name)
                assert PLACE.findall(text) == PLACE.findall(english[name]), (path, name)

    def test_languages_differ(self):
        words = tables()
        for name, text in words["words/zh-Hans.json"].items():
            assert re.search(r"[\u4e00-\u9fff]", text) or text == "{language}", name
        same = {name for name, text in words["words/de.json"].items() if text == words["words/en.json"][name]}
        assert same == {"tab.text"}

    def test_words_that_are_used_are_there_and_the_other_way_round(self):
        source = "".join(texts("html", "js").values())
        known = tables()["words/en.json"]
        used = {one or other for one, other in WORD.findall(source)}
        assert used <= known.keys()
        quoted = set(re.findall(r'"([a-z_.-]+)"', source))
        reasons = set(re.findall(r'"([a-z_]+)"', texts()["notice.js"]))
        shown = {f"note.{name}" for name in quoted} | {f"error.{name}" for name in reasons}
        left = known.keys() - used - quoted - shown
        assert left == {"theme.dark", "theme.light", "theme.system"}  # named by what was chosen

    def test_every_reason_of_the_service_has_words(self):
        """What the page passes over would be said in English, and never be tried again."""
        server = "".join(path.read_text() for path in (ROOT / "src/dragoman/server").rglob("*.py"))
        files = "".join(path.read_text() for path in (ROOT / "src/dragoman/translator/files").rglob("*.py"))
        reasons = set(re.findall(r'(?:RefusedError|_full|_fail)\(\s*(?:job, )?"(\w+)"', server))
        reasons |= set(re.findall(r'reason="(\w+)"', files))
        assert {"overloaded", "too_slow", "quota", "macros", "too_many_files"} <= reasons
        named = "".join(text for path, text in texts("js").items() if path in ("notice.js", "job.js", "answers.js"))
        of_requests = {
            "http", "full", "bad_markup", "unknown_mask", "unsupported_mask", "unsupported", "invalid_value",
            "not_ready", "model_not_found", "unsupported_value", "unsupported_parameter",
        }  # fmt: skip
        known = set(re.findall(r'"(\w+)"|\b(\w+): "', named))
        assert reasons - {one or other for one, other in known} == of_requests

    def test_the_page_has_no_words_of_its_own(self):
        body = re.sub(r"<noscript>.*?</noscript>|<kbd>.*?</kbd>|<title>.*?</title>", "", texts()["index.html"])
        assert re.sub(r"<[^>]*>|\s", "", body, flags=re.DOTALL) == "dragoman"


class TestRules:
    def test_nothing_inline_and_nothing_from_elsewhere(self):
        for path, text in texts().items():
            found = re.findall(r"(?:https?:)?//[a-z][\w.-]+\.[a-z]{2,}|@import|url\(", text.replace("www.w3.org", ""))
            assert not found, path
        page = texts()["index.html"]
        assert not re.findall(r"\son\w+=|\sstyle=|<style|javascript:", page)
        assert re.findall(r"<script[^>]*>(.*?)</script>", page) == ["", ""]

    def test_no_text_becomes_markup_or_code(self):
        for path, text in texts("js").items():
            found = re.findall(
                r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc|DOMParser"
                r"|document\.cookie|setAttribute\(\"(?:style|on)",
                text,
            )
            assert not found, path

    def test_sizes(self):
        assert [path for path, text in texts("js", "css").items() if text.count("\n") > MOST_LINES] == []


def test_a_built_package_holds_the_page(tmp_path):
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "src").symlink_to(ROOT / "src")
    building = "import setuptools; setuptools.setup()"
    arguments = ["-q", "egg_info", "--egg-base", str(tmp_path), "build_py", "--build-lib", str(tmp_path / "built")]
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", building, *arguments], cwd=tmp_path, check=True, capture_output=True
    )
    folder = tmp_path / "built/dragoman/server/web/static"
    assert {path: (folder / path).read_bytes() for path in assets()} == {
        path: asset.content for path, asset in assets().items()
    }
