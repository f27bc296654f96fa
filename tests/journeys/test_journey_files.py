"""Files with layout on the real command line: translated by a command, and by a service through the network."""

import io
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile

import docx
import pytest
from test_journey_serve import running, wait_until_ready


def dragoman(*arguments):
    command = [sys.executable, "-m", "dragoman", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def a_document(path):
    made = docx.Document()
    paragraph = made.add_paragraph("We have ")
    paragraph.add_run("two").bold = True
    paragraph.add_run(" cars.")
    made.add_table(1, 1).cell(0, 0).text = "We have a house."
    made.save(path)
    return path


def test_by_a_command(golden, tmp_path):
    source, made = a_document(tmp_path / "a.docx"), tmp_path / "b.docx"
    done = dragoman("translate", golden, "--document", source, "-o", made)
    assert (done.returncode, done.stdout) == (0, "")
    after = docx.Document(made)
    assert after.paragraphs[0].text != "We have two cars."
    assert [run.bold for run in after.paragraphs[0].runs if run.bold]
    assert after.tables[0].cell(0, 0).text != "We have a house."
    assert zipfile.ZipFile(source).namelist() == zipfile.ZipFile(made).namelist()
    page = tmp_path / "a.html"
    page.write_bytes(b"<p>We have <b>two</b> cars.</p>\r\n")
    assert dragoman("translate", golden, "--document", page, "-o", tmp_path / "b.html", "--beam", 1).returncode == 0
    after = (tmp_path / "b.html").read_bytes().decode()
    assert after.startswith("<p>")
    assert after.endswith("</p>\r\n")
    assert after.count("<b>") == after.count("</b>") == 1


@pytest.mark.parametrize(
    ("name", "data", "more", "words"),
    [
        ("a.txt", b"Hello", [], "needs --output"),
        ("a.txt", b"Hello", ["-o", "b.docx"], "another format"),
        ("a.txt", b"Hello", ["-o", "a.txt", "--force"], "already there"),
        ("a.txt", b"Hello", ["-o", "b.txt", "--n-best", "2"], "for lines"),
        ("a.pdf", b"%PDF", ["-o", "b.pdf"], "'.pdf'"),
        ("a.docx", b"PK\x03\x04", ["-o", "b.docx"], "damaged"),
        ("a.txt", b"caf\xe9", ["-o", "b.txt"], "byte 3"),
        (None, b"", ["-o", "b.txt"], "no such file"),
    ],
)
def test_mistakes(golden, tmp_path, monkeypatch, name, data, more, words):
    monkeypatch.chdir(tmp_path)
    if name:
        (tmp_path / name).write_bytes(data)
    done = dragoman("translate", golden, "--document", name or "none.txt", *more)
    assert done.returncode in (1, 2)
    assert words in done.stderr
    assert "hint:" in done.stderr
    assert not (tmp_path / "b.txt").exists()


def asked(address, *, data=None, kind=None, method=None):
    headers = {"content-type": kind} if kind else {}
    request = urllib.request.Request(address, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read()


def form(name, data, **fields):
    """A form with a file, as browsers send it."""
    parts = [f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()]
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return "".join(parts).encode() + head.encode() + data + b"\r\n--x--\r\n"


def test_by_a_service(golden, tmp_path):
    data = a_document(tmp_path / "a.docx").read_bytes()
    with running(golden, "--limit", "max_files_each=1", log=tmp_path / "log") as (address, _):
        wait_until_ready(address)
        files = f"{address}/api/v1/files"
        kind = "multipart/form-data; boundary=x"
        body = form("a.docx", data, target="de", source="en")
        place = f"{files}/{json.loads(asked(files, data=body, kind=kind))['id']}"
        with pytest.raises(urllib.error.HTTPError) as refused:
            asked(files, data=body, kind=kind)
        assert refused.value.code == 429
        refused.value.close()
        for _ in range(600):
            found = json.loads(asked(place))
            if found["state"] == "done":
                break
            time.sleep(0.05)
        assert (found["done"], found["total"]) == (2, 2)
        after = docx.Document(io.BytesIO(asked(f"{place}/result")))
        assert after.tables[0].cell(0, 0).text not in ("", "We have a house.")
        asked(place, method="DELETE")
    text = (tmp_path / "log").read_text()
    assert "house" not in text
    assert "Traceback" not in text
