"""Pictures of a run."""

import struct
import zlib

from dragoman.jobs.run.plots import draw_curve


def entries(validations=3):
    steps = [
        {"kind": "step", "step": 20 * number, "negative_log_likelihood": 7 / number, "loss": 8 / number}
        for number in range(1, 10)
    ]
    held_out = [
        {"kind": "validation", "step": 60 * number, "loss": 6 / number, "bleu": 5.0 * number, "chrf": 9.0 * number}
        for number in range(1, validations + 1)
    ]
    return steps + held_out


def chunks(png: bytes):
    """Name and data of each part of a PNG, checksums verified."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    place = 8
    while place < len(png):
        [length] = struct.unpack(">I", png[place : place + 4])
        body = png[place + 4 : place + 8 + length]
        assert struct.unpack(">I", png[place + 8 + length : place + 12 + length])[0] == zlib.crc32(body)
        yield body[:4], body[4:]
        place += 12 + length


def test_a_whole_png(tmp_path):
    path = tmp_path / "curve.png"
    draw_curve(entries(), path)
    parts = list(chunks(path.read_bytes()))
    assert parts[0][0] == b"IHDR"
    assert parts[-1][0] == b"IEND"
    width, height = struct.unpack(">II", parts[0][1][:8])
    pixels = zlib.decompress(b"".join(data for name, data in parts if name == b"IDAT"))
    assert (width, height) == (1300, 520)
    assert len(set(pixels)) > 50


def test_a_run_that_has_hardly_begun(tmp_path):
    for these in ([], entries()[:1], entries(validations=1)):
        draw_curve(these, tmp_path / "curve.png")
        assert (tmp_path / "curve.png").stat().st_size > 1000


def test_losses_that_are_no_numbers(tmp_path):
    broken = {"kind": "step", "step": 400, "negative_log_likelihood": float("nan"), "loss": float("nan")}
    draw_curve([*entries(), broken], tmp_path / "curve.png")
    assert (tmp_path / "curve.png").stat().st_size > 1000
