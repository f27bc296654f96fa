"""Files through the service: what survives, how long it takes, and who waits for it meanwhile.

From a text of one sentence a line three files are made: a Word document (formats, links, footnote signs, fields,
tables, words cut into runs as Word does), a page of HTML and subtitles with sentences over two cues. Each is rendered
with every unit translated into itself (the same bytes?), then translated by the service with a model. Asked is: are
all links, signs, fields, tags and times there once, is the XML well-formed, does python-docx open it, are lines of
subtitles at most 42 columns wide. Last, single sentences are asked for while nothing, and while a file is translated.

    python benchmarks/serving/files.py model/ sentences.txt --lines 300
"""

import argparse
import asyncio
import io
import random
import re
import statistics
import time
import zipfile
from collections import Counter
from pathlib import Path
from xml.dom import minidom

import docx

from dragoman.server.ask import Ask
from dragoman.server.files.job import FileAsk
from dragoman.server.fleet import Fleet
from dragoman.server.gate import Credentials
from dragoman.server.models import open_model
from dragoman.server.service import Service, ServiceLimits
from dragoman.text.language import rank_languages
from dragoman.text.markup.parts import Rendered
from dragoman.translator.files.cues import LINE_COLUMNS, columns
from dragoman.translator.files.opening import open_document

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
BODY = re.compile(r"<w:body>.*</w:body>", re.S)
FOOTNOTE = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGEREF x{0}</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{0}</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)
ANCHORED = '<w:hyperlink w:anchor="x{}">{}</w:hyperlink>'
MARKS = re.compile(r'footnoteReference w:id="\d+"|PAGEREF x\d+|w:anchor="x\d+"')


def run(text: str, own: str = "") -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return f'<w:r>{f"<w:rPr>{own}</w:rPr>" if own else ""}<w:t xml:space="preserve">{escaped}</w:t></w:r>'


def word_paragraph(number: int, line: str, draw: random.Random) -> str:
    """A sentence with one of each: a bold word, a link, a footnote's sign or a field; and words cut in two."""
    words = line.split()
    bold, link, sign = (draw.randrange(len(words)) for _ in range(3))
    made = []
    for place, word in enumerate(words):
        text = f"{word} "
        if place == bold:
            made.append(run(text, "<w:b/>"))
        elif place == link:
            made.append(ANCHORED.format(number, run(text, "<w:u/>")))
        else:
            middle = draw.randrange(len(text))
            made += [run(text[:middle]), run(text[middle:])] if middle else [run(text)]
        if place == sign:
            made.append((FOOTNOTE if number % 2 else FIELD).format(number))
    whole = f"<w:p>{''.join(made)}</w:p>"
    grid = "<w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid>"
    return whole if number % 10 else f"<w:tbl>{grid}<w:tr><w:tc>{whole}</w:tc></w:tr></w:tbl><w:p/>"


def word_file(lines: list[str], draw: random.Random) -> bytes:
    empty = io.BytesIO()
    docx.Document().save(empty)
    made = io.BytesIO()
    body = "".join(word_paragraph(number, line, draw) for number, line in enumerate(lines))
    with zipfile.ZipFile(empty) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "word/document.xml":
                content = BODY.sub(lambda _: f"<w:body>{body}</w:body>", content.decode()).encode()
            after.writestr(name, content)
    return made.getvalue()


def page(lines: list[str], draw: random.Random) -> bytes:
    made = []
    for number, line in enumerate(lines):
        words = line.replace("&", "&amp;").replace("<", "&lt;").split()
        bold, picture = (draw.randrange(len(words)) for _ in range(2))
        words[bold] = f'<b id="b{number}">{words[bold]}</b>'
        words[picture] += f'<img id="i{number}">'
        made.append(f"<p>{' '.join(words)}</p>")
    return ("<!DOCTYPE html><title>Sentences</title>\n" + "\n".join(made)).encode()


def subtitles(lines: list[str], draw: random.Random) -> bytes:
    cues = []
    for number, line in enumerate(lines):
        words = line.split()
        middle = len(words) // 2
        parts = [words[:middle], words[middle:]] if number % 2 and middle > 2 else [words]
        for part in parts:
            second = 4 * len(cues)
            start, end = (f"{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02},000" for at in (second, second + 3))
            half = (len(part) + 1) // 2
            text = "\n".join(" ".join(row) for row in (part[:half], part[half:]) if row)
            cues.append(f"{len(cues) + 1}\n{start} --> {end}\n{text}")
    return "\n\n".join(cues).encode()


def seen_in_word(data: bytes) -> Counter[str]:
    text = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    minidom.parseString(text)
    docx.Document(io.BytesIO(data))
    return Counter(MARKS.findall(text)) + Counter(
        tables=text.count("<w:tbl>"), paragraphs=len(re.findall("<w:p[ />]", text))
    )


def seen_in_page(data: bytes) -> Counter[str]:
    return Counter(re.findall(r"<[^>]*>", data.decode()))


def seen_in_subtitles(data: bytes) -> Counter[str]:
    return Counter(re.findall(r"^.*-->.*$|^\d+$", data.decode(), re.M))


FORMATS = {".docx": (word_file, seen_in_word), ".html": (page, seen_in_page), ".srt": (subtitles, seen_in_subtitles)}


async def measure(service: Service, lines: list[str]) -> None:
    nobody = Credentials()
    print("| file | bytes | units | unchanged: same bytes | seconds | marks before | lost | doubled |")
    print("|---|---|---|---|---|---|---|---|")
    for suffix, (make, seen) in FORMATS.items():
        data = make(lines, random.Random(7))
        document = open_document(f"a{suffix}", data)
        same = document.render([Rendered(unit.plain) for unit in document.units])[0] == data
        began = time.perf_counter()
        job = await service.files.take(FileAsk(f"a{suffix}", data, "de", "en"), nobody)
        await service.files.finish(job)
        seconds = time.perf_counter() - began
        before, after = seen(data), seen(job.result or b"")
        lost, doubled = sum((before - after).values()), sum((after - before).values())
        row = (suffix, f"{len(data):,}", job.total, same, f"{seconds:.1f}", sum(before.values()), lost, doubled)
        print(f"| {' | '.join(map(str, row))} |")
        if suffix == ".srt":
            rows = [row for row in (job.result or b"").decode().splitlines() if re.search("[a-zA-Z]", row)]
            wide = sum(columns(row) > LINE_COLUMNS for row in rows)
            print(f"\nlines of subtitles over {LINE_COLUMNS} columns: {wide} of {len(rows)}\n")


async def waiting(service: Service, sentences: list[str]) -> list[float]:
    """Seconds that each of ``sentences`` takes, one after another."""
    found = []
    for sentence in sentences:
        began = time.perf_counter()
        await service.answer(Ask((sentence,), "de", "en"), Credentials())
        found.append(time.perf_counter() - began)
        await asyncio.sleep(0.02)
    return found


async def interactive(service: Service, lines: list[str]) -> None:
    alone = await waiting(service, [f"Alone, {line}" for line in lines[:60]])
    data = "\n".join(f"{number}, {line}" for number in range(20) for line in lines[:300]).encode()
    job = await service.files.take(FileAsk("a.txt", data, "de", "en"), Credentials())
    beside = await waiting(service, [f"Beside it, {line}" for line in lines[:60]])
    print(f"single sentences, median and 95 %, in ms; the file was {job.state} to {100 * job.done // job.total} %")
    for name, found in (("alone", alone), ("beside a file", beside)):
        print(f"{name}: {1000 * statistics.median(found):.0f}, {1000 * sorted(found)[57]:.0f}")
    service.files.forget(job)


async def main(arguments: argparse.Namespace) -> None:
    fleet = Fleet(open_model)
    await fleet.load([arguments.model])
    service = Service(fleet, rank_languages, ServiceLimits(file_segments=arguments.segments))
    lines = arguments.text.read_text("utf-8").split("\n")[: arguments.lines]
    await measure(service, lines)
    await interactive(service, lines)
    await service.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("text", type=Path)
    parser.add_argument("--lines", type=int, default=300)
    parser.add_argument("--segments", type=int, default=8, help="of a file in the queue at once")
    asyncio.run(main(parser.parse_args()))
