"""What was done to similar servers, done to this one: each test is named by its CVE. No times are measured: where an
attack would take for ever, the test would not end."""

import json
import re
from pathlib import Path

import pytest
from server_fakes import Parrot, make_service, nothing
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from test_server_guard import head, served, talk

from dragoman.server.app import create_app
from dragoman.server.security.hosts import OnlyNamed, own_names

SOURCE = Path(__file__).parents[3] / "src" / "dragoman"


@pytest.fixture
def client():
    with TestClient(create_app(make_service(Parrot("en", "de")), nothing), raise_server_exceptions=False) as made:
        yield made


def form(*fields, before=b"", after=b""):
    """A multipart body of (name, value)."""
    parts = b"".join(b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % field for field in fields)
    return before + parts + b"--x--\r\n" + after


FORM = {"content-type": "multipart/form-data; boundary=x"}
ASKED = ((b"q", b"hello"), (b"source", b"en"), (b"target", b"de"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.7"])
def test_cve_2024_28224_a_foreign_name_that_leads_here(host):
    inner = Starlette(routes=[Route("/", lambda request: PlainTextResponse("in"))])
    client = TestClient(OnlyNamed(inner, own_names(host)))
    for name in ("evil.example", "evil.example:5000", "127.0.0.1.evil.example", "[::2]:5000", "localhost.evil"):
        assert client.get("/", headers={"host": name}).status_code == 403
    for name in (
        "localhost",
        "LOCALHOST:5000",
        "127.0.0.1:5000",
        "[::1]:5000",
        "[::1]",
        f"[{host}]:1" if ":" in host else host,
    ):
        assert client.get("/", headers={"host": name}).text == "in"


def test_a_service_for_others_has_any_name():
    assert (
        own_names("0.0.0.0")
        == own_names("::")
        == own_names("10.0.0.5")
        == own_names("translate.example")
        == frozenset()
    )


def test_cve_2024_24762_a_content_type_that_is_hard_to_read(client):
    hostile = 'application/x-www-form-urlencoded; !="' + "\\" * 60_000
    assert client.post("/translate", content=b"q=hello", headers={"content-type": hostile}).status_code < 500


def test_cve_2024_53981_bytes_before_and_after_a_form(client):
    for around in ({"before": b"\r\n" * 500_000}, {"after": b"\r\n" * 500_000}, {"after": b"x" * 1_000_000}):
        assert client.post("/translate", content=form(*ASKED, **around), headers=FORM).status_code < 500


def test_cve_2024_47874_a_field_without_end(client):
    large = form(*ASKED[1:], (b"q", b"x" * 30_000_000))
    assert client.post("/translate", content=large, headers=FORM).status_code == 413
    many = form(*((b"q", b"x"),) * 5_000)
    assert client.post("/translate", content=many, headers=FORM).status_code in (400, 413)


def test_cve_2025_62727_ranges_without_end(client):
    ranges = "bytes=" + ",".join(f"{start}-" for start in range(8_000))
    answer = client.get("/web/main.js", headers={"range": ranges})
    assert answer.status_code == 200  # no part of a file is ever given
    assert len(answer.content) == int(answer.headers["content-length"])


@pytest.mark.parametrize("end", [b"XX", b"\n\n", b"\r\r"])
def test_cve_2025_43859_a_chunk_with_another_end(end):
    body = json.dumps({"q": "hello", "source": "en", "target": "de"}).encode()
    chunk = b"%x\r\n%s%s0\r\n\r\n" % (len(body), body, end)
    with served() as place:
        answer = talk(place, head("Transfer-Encoding: chunked"), chunk + head(path="/live", method="GET"))
        assert answer.startswith(b"HTTP/1.1 400")
        assert answer.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize(
    "path",
    [
        "/web/../page.py",
        "/web/%2e%2e/page.py",
        "/web/..%2fpage.py",
        "/web//etc/passwd",
        "/api/v1/files/..%2f..%2fetc%2fpasswd/result",
        "/download_file/../../etc/passwd",
        "/web/static/../../page.py",
        "/web/%00main.js",
    ],
)
def test_cve_2024_37032_paths_that_lead_out(path):
    with served() as place:
        answer = talk(place, head("Connection: close", path=path, method="GET"))
        assert answer.startswith(b"HTTP/1.1 404")
        assert b"root:" not in answer
        assert b"import" not in answer


def test_cve_2023_43654_no_route_takes_an_address(client):
    paths = client.get("/api/v1/openapi.json").json()
    names = set(re.findall(r'"(?:name|title)": "([^"]+)"', json.dumps(paths)))
    assert len(names) > 20
    assert not {name for name in names if re.search(r"\b(ur[il]|address|host|path|webhook|callback)\b", name, re.I)}


def test_cve_2020_7694_a_path_is_never_written(capfd):
    with served(log="text") as place:
        talk(place, head("Connection: close", path="/%1b[31mred%0aline", method="GET"))
        talk(place, head("Connection: close", path="/\x1b[31mred%0aline", method="GET"))
    written = "".join(capfd.readouterr())
    assert "red" not in written
    assert "route=/* status=404" in written


def test_cve_2025_32434_nothing_that_is_served_can_be_executed():
    """Only the import of other people's checkpoints, which no service does, reads pickles, and only tensors in them."""
    known = {SOURCE / "interop" / "huggingface" / "checkpoint.py"}
    for path in SOURCE.rglob("*.py"):
        if path not in known:
            text = path.read_text("utf-8")
            assert not re.search(r"torch\.load\(|^\s*(import|from) (pickle|marshal|shelve|dill|joblib)", text, re.M), (
                path
            )
    served_files = list((SOURCE / "server").rglob("*.py"))
    assert served_files
    assert not [path for path in served_files if "huggingface" in path.read_text("utf-8")]
