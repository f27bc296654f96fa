"""The same requests to our server and to LibreTranslate: where do the answers differ in number, kind or form?

Every route, with parameters as JSON, form, multipart and in the query string; right, missing, empty and wrong values;
methods, files with their download, addresses with too many slashes. Two answers are alike when their status, their
content type and the names and types of all values in their bodies are; errors that are pages there and JSON here are
told by their number. What a translation says is not compared (libretranslate.py does that). What differs on purpose
stands in docs/guides/clients.md.

    python -m venv lt && lt/bin/pip install -c constraints.txt libretranslate==1.9.6 spacy
    python benchmarks/serving/same_answers.py model-with-ctranslate2/ --python lt/bin/python --output out
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from servers import argos_packages, dragoman, libretranslate, same_search

HELLO = {"q": "Good morning!", "source": "en", "target": "de"}
ENGLISH, GERMAN = "This is an English sentence about a dog.", "Das ist ein deutscher Satz über einen Hund."
HTML = "<p>Good <b>morning</b>!</p>"
SUGGESTION = {"q": "Hello.", "s": "Hallo.", "source": "en", "target": "de"}
METHODS = ("GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD")
PATHS = ("/translate", "/detect", "/languages", "/health", "/frontend/settings", "/suggest", "/translate_file")
WAYS = {
    "JSON": lambda values: {"json": values},
    "form": lambda values: {"data": values},
    "multipart": lambda values: {"files": {name: (None, str(value)) for name, value in values.items()}},
    "query": lambda values: {"params": values},
}
CHANGES: list[dict[str, Any]] = [
    {},
    *({"q": text} for text in ("", "   ", "\n", "😀😀", "a\r\nb", "  a  ", "a &lt;b&gt;", "Tom & Jerry")),
    *({"source": code} for code in ("", "xx", "EN", "en-US")),
    *({"target": code} for code in ("", "xx", "DE", "de-DE", "en", "auto")),
    *({"q": text, "source": "auto"} for text in (ENGLISH, GERMAN, "😀😀", "123")),
    *({"alternatives": number} for number in (0, 2, "3", -1, "x")),
    *({"format": kind} for kind in ("text", "", "pdf")),
    {"q": HTML, "format": "html"},
    {"q": HTML, "format": "html", "alternatives": 2},
    {"api_key": ""},
    {"api_key": "any"},
    {"session": "x", "secret": "y"},
]
"""Of a good request, each sent in every way."""
ODD: list[dict[str, Any]] = [
    *({"q": value} for value in (5, None, True, {"a": 1}, [], [1], [None], [["a"]], [""], ["😀", "🐕"])),
    {"q": ["Good morning!", "How are you?"]},
    {"q": [ENGLISH, GERMAN], "source": "auto"},
    {"q": ["Hello."], "alternatives": 2},
    {"q": [HTML, "x"], "format": "html"},
    *({"source": value} for value in (1, None, ["en"])),
    *({"alternatives": value} for value in (None, 1.5, True, [1])),
    *({"format": value} for value in (None, 1)),
]
"""Sent as JSON, where values have types."""
FILES: list[tuple[str, bytes, dict[str, str]]] = [
    ("a.txt", b"Good morning!\n", {}),
    ("a.txt", ENGLISH.encode(), {"source": "auto"}),
    ("a.html", f"<html><body>{HTML}</body></html>".encode(), {}),
    ("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\nGood morning!\n", {}),
    ("Grüße.txt", b"Hello.", {}),
    ("a.xyz", b"Hello.", {}),
    ("none", b"Hello.", {}),
    ("A.TXT", b"Hello.", {}),
    ("a.docx", b"no archive", {}),
    ("a.txt", b"", {}),
    ("a.txt", b"Hello.", {"target": "xx"}),
    ("a.txt", b"Hello.", {"source": ""}),
]


@dataclass(frozen=True)
class Case:
    """One request."""

    name: str
    method: str
    path: str
    more: dict[str, Any] = field(default_factory=dict)


def cases() -> Iterator[Case]:
    for way, put in WAYS.items():
        for change in CHANGES:
            yield Case(f"{way} {change or 'good'}", "POST", "/translate", put({**HELLO, **change}))
        for name in HELLO:
            yield Case(f"{way} without {name}", "POST", "/translate", put(_without(HELLO, name)))
        for text in (ENGLISH, "", "😀", "123", "Hund"):
            yield Case(f"{way} {text!r}", "POST", "/detect", put({"q": text}))
        yield Case(f"{way} without q", "POST", "/detect", put({"x": "y"}))
        for name in ("", *SUGGESTION):
            yield Case(f"{way} without {name or 'nothing'}", "POST", "/suggest", put(_without(SUGGESTION, name)))
    for change in ODD:
        yield Case(f"JSON {change}", "POST", "/translate", {"json": {**HELLO, **change}})
    for value in ([ENGLISH, GERMAN], [], 5):
        yield Case(f"JSON {value}", "POST", "/detect", {"json": {"q": value}})
    yield from bodies()
    yield from addresses()
    for name, data, change in FILES:
        form = {"source": "en", "target": "de", **change}
        yield Case(
            f"{name} {len(data)} bytes {change}",
            "POST",
            "/translate_file",
            {"data": form, "files": {"file": (name, data)}},
        )
    yield Case("no file", "POST", "/translate_file", {"data": {"source": "en", "target": "de"}})
    yield Case("no languages", "POST", "/translate_file", {"files": {"file": ("a.txt", b"Hello.")}})


def bodies() -> Iterator[Case]:
    """How else parameters may be sent, and what is none."""
    languages = _without(HELLO, "q")
    two = [("q", "one"), ("q", "two"), *languages.items()]
    sent = json.dumps(HELLO)
    for name, more in {
        "two texts in a form": {"data": two},
        "two texts in a query": {"params": two},
        "form and query": {"params": languages, "data": {"q": "Hello."}},
        "JSON and query": {"params": languages, "json": {"q": "Hello."}},
        "nothing": {},
    }.items():
        yield Case(name, "POST", "/translate", more)
    for kind, content in (
        ("application/json; charset=utf-8", sent),
        ("application/vnd.api+json", sent),
        ("text/plain;charset=UTF-8", sent),
        ("application/x-www-form-urlencoded", sent),
        ("application/json", "{"),
        ("application/json", "[]"),
        ("application/json", ""),
    ):
        yield Case(f"{kind} {content!r:.8}", "POST", "/translate", {"data": content, "headers": {"Content-Type": kind}})


def addresses() -> Iterator[Case]:
    """Methods, slashes, what is not there, other websites."""
    for path in (*PATHS, "/download_file/x", "/nothing"):
        for method in METHODS:
            yield Case("", method, path)
    for path in ("/translate/", "//translate", "/TRANSLATE"):
        yield Case("", "POST", path, {"json": HELLO})
    for path in ("//languages", "/languages/", "/health/"):
        yield Case("", "GET", path)
    page = {"Origin": "https://example.org"}
    yield Case("of a page", "POST", "/translate", {"json": HELLO, "headers": page})
    asks = {**page, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    yield Case("of a page that asks before", "OPTIONS", "/translate", {"headers": asks})


def _without(values: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in values.items() if key != name}


def answer(address: str, case: Case) -> tuple[int, str, Any]:
    """Status, kind and form; a file is fetched from the address that the answer names."""
    found = requests.request(case.method, address + case.path, timeout=60, allow_redirects=False, **case.more)
    kind = found.headers.get("content-type", "").partition(";")[0]
    if kind != "application/json" or not found.content:
        return found.status_code, kind, None
    body = found.json()
    if isinstance(body, dict) and "translatedFileUrl" in body:
        body["file"] = requests.get(body["translatedFileUrl"], timeout=60).status_code
    return found.status_code, kind, form_of(body)


def form_of(value: Any) -> Any:
    """Names and types; of a list of several alike only the first."""
    if isinstance(value, dict):
        return {name: form_of(inner) for name, inner in sorted(value.items())}
    if isinstance(value, list):
        forms = [form_of(inner) for inner in value]
        return forms[:1] if all(one == forms[0] for one in forms) else forms
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--python", type=Path, required=True, help="of the environment LibreTranslate is installed in")
    parser.add_argument("--output", type=Path, required=True, help="directory for results, logs and what is prepared")
    options = parser.parse_args()
    work = options.output.resolve()
    work.mkdir(parents=True, exist_ok=True)
    (work / "db").mkdir(exist_ok=True)  # where LibreTranslate keeps suggestions
    bundle = same_search(options.bundle, work)
    packages = argos_packages(bundle, work, options.python)
    more = ("--limit", "requests_per_minute=0", "--suggestions", str(work / "suggestions.jsonl"))
    ours = dragoman(bundle, work, options=more)
    theirs = libretranslate(
        options.python.absolute(), packages, work, threads=4, inter=1, files=True, options=("--suggestions",)
    )
    rows, alike, pages = ["| request | | ours | LibreTranslate |", "|---|---|---|---|"], 0, 0
    try:
        for one in (ours, theirs):
            one.start()
        for case in cases():
            mine, other = (answer(f"http://127.0.0.1:{one.port}", case) for one in (ours, theirs))
            if mine == other:
                alike += 1
            elif mine[0] == other[0] >= 400 and other[1] == "text/html":
                pages += 1
            else:
                shown = (f"{status} {kind} {json.dumps(form)}" for status, kind, form in (mine, other))
                rows.append(f"| {case.method} {case.path} | {case.name} | {' | '.join(shown)} |")
    finally:
        ours.stop()
        theirs.stop()
    told = f"{alike} answers alike, {pages} errors of one number (pages there), {len(rows) - 2} answers not"
    (work / "same_answers.md").write_text("\n".join((*rows, "", told)) + "\n")
    print("\n".join(rows), told, sep="\n\n")


if __name__ == "__main__":
    main()
