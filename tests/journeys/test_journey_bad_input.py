"""What goes wrong at the user's end: one clear message with place and hint, nothing lost, no traceback."""

import contextlib
import gzip
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dragoman.base.errors import FileAccessError

LANGUAGES = ("--source", "en", "--target", "de")


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def tmx(body: str, doctype: str = "", header: str = 'srclang="en"') -> str:
    return f'<?xml version="1.0"?>\n{doctype}<tmx version="1.4"><header {header}/><body>{body}</body></tmx>\n'


UNIT = '<tu><tuv xml:lang="en"><seg>a house</seg></tuv><tuv xml:lang="de"><seg>ein Haus</seg></tuv></tu>'


def missing(folder: Path) -> tuple[Path, str]:
    return folder / "nothing.tsv", "nothing.tsv"


def empty(folder: Path) -> tuple[Path, str]:
    return write(folder / "empty.tsv", ""), "empty.tsv"


def unequal(folder: Path) -> tuple[Path, str]:
    write(folder / "pair.en", "one\ntwo\nthree\n")
    write(folder / "pair.de", "eins\nzwei\n")
    return folder / "pair", "pair.en"


def undecodable(folder: Path) -> tuple[Path, str]:
    return write(folder / "latin1.tsv", b"a house\tein Haus\ngreen\tgr\xfcn\n"), "latin1.tsv, line 2"


def half_written(folder: Path) -> tuple[Path, str]:
    text = "".join(f"house {number}\tHaus {number}\n" for number in range(2000))
    return write(folder / "cut.tsv.gz", gzip.compress(text.encode())[:-200]), "cut.tsv.gz"


def not_compressed(folder: Path) -> tuple[Path, str]:
    return write(folder / "plain.tsv.gz", "a house\tein Haus\n"), "plain.tsv.gz"


def document_type(folder: Path) -> tuple[Path, str]:
    bomb = '<!DOCTYPE tmx [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]>\n'
    return write(folder / "bomb.tmx", tmx(UNIT, bomb)), "bomb.tmx"


def broken_xml(folder: Path) -> tuple[Path, str]:
    return write(folder / "broken.tmx", tmx(UNIT + "<tu>")), "broken.tmx"


def cut_xml(folder: Path) -> tuple[Path, str]:
    return write(folder / "cut.tmx", tmx(UNIT)[:-30]), "cut.tmx"


def missing_language(folder: Path) -> tuple[Path, str]:
    return write(folder / "french.tmx", tmx(UNIT.replace('"de"', '"fr"'))), "french.tmx"


def broken_json(folder: Path) -> tuple[Path, str]:
    return write(folder / "x.jsonl", '{"en": "a", "de": "b"}\n{"en": \n'), "x.jsonl, line 2"


def too_small(folder: Path) -> tuple[Path, str]:
    return write(folder / "small.tsv", "".join(f"house {n}\tHaus {n}\n" for n in "abcdefg")), "pairs"


CORPORA = [
    missing,
    empty,
    unequal,
    undecodable,
    half_written,
    not_compressed,
    document_type,
    broken_xml,
    cut_xml,
    missing_language,
    broken_json,
    too_small,
]


@pytest.mark.parametrize("make", CORPORA, ids=lambda make: make.__name__)
def test_a_corpus_that_cannot_be_trained_on(make, tmp_path, dragoman):
    location, place = make(tmp_path)
    result = dragoman("train", location, *LANGUAGES, "--output", tmp_path / "model")
    assert result.is_clear_error, result.err
    assert place in result.err
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize("part", ["validation", "test"])
def test_held_out_text_is_looked_for_before_training(part, corpus, dragoman):
    result = dragoman("train", corpus / "tiny.toml", "-o", corpus / "m", "--set", f"corpus.{part}={corpus}/away")
    assert result.is_clear_error, result.err
    assert "away.en" in result.err
    assert not (corpus / "m").exists()


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("training.max_step=3", "did you mean 'max_steps'"),
        ("trainig.max_steps=3", "did you mean [training]"),
        ("model.kind=transfomer", "did you mean 'transformer'"),
        ("tokenizer.kind=sentencepeice", "did you mean 'sentencepiece'"),
        ("training.max_steps=many", "(given: 'many')"),
        ("training.max_steps=-1", "greater than or equal to 1"),
        ("schedule.kind=linear", "inverse_square_root"),
        ("training=3", "training is a section"),
        ("training.max_steps", "has no '='"),
        ("training.seed.x=1", "seed: input should be a valid integer"),
        ("compute.device=tpu", "cuda"),
        ("tokenizer.vocabulary_size=260", "vocabulary"),
    ],
)
def test_a_setting_that_cannot_be_used(setting, says, corpus, dragoman):
    result = dragoman("train", corpus / "tiny.toml", "-o", corpus / "m", "--set", setting)
    assert result.is_clear_error, result.err
    assert says in result.err
    assert result.code == 2


def test_a_recipe_with_mistakes(corpus, dragoman):
    recipe = corpus / "tiny.toml"
    recipe.write_text(recipe.read_text() + "\n[decodin]\nbeam = 1\n")
    result = dragoman("train", recipe, "-o", corpus / "m")
    assert result.is_clear_error
    assert str(recipe) in result.err
    assert "did you mean [decoding]" in result.err
    recipe.write_text("[corpus\n")
    result = dragoman("train", recipe, "-o", corpus / "m")
    assert result.is_clear_error
    assert "line 1" in result.err
    recipe.write_bytes(b"# gr\xfcn\n")
    assert dragoman("train", recipe, "-o", corpus / "m").is_clear_error
    assert dragoman("train", corpus / "other.toml", "-o", corpus / "m").is_clear_error
    assert dragoman("train", corpus, "-o", corpus / "m").is_clear_error
    assert dragoman("train", "-o", corpus / "m").is_clear_error
    assert dragoman("train", recipe, *LANGUAGES, "-o", corpus / "m").is_clear_error


def test_every_mistake_of_a_section_is_told_at_once(corpus, dragoman):
    result = dragoman(
        "train", corpus / "tiny.toml", "-o", corpus / "m", "--set", "model.widt=3", "--set", "model.heads=x"
    )
    assert result.is_clear_error
    assert "did you mean 'width'" in result.err
    assert "heads" in result.err


def test_an_output_that_is_taken(trained, dragoman, tmp_path):
    result = dragoman("train", trained / "tiny.toml", "-o", trained / "model")
    assert result.is_clear_error
    assert "--force" in result.err
    assert "--resume" in result.err
    file = write(tmp_path / "file", "mine")
    result = dragoman("train", trained / "tiny.toml", "-o", file)
    assert result.is_clear_error
    result = dragoman("train", trained / "tiny.toml", "-o", file / "model")
    assert result.is_clear_error, result.err
    assert file.read_text() == "mine"


def test_a_traceback_only_when_asked_for(tmp_path, dragoman):
    result = dragoman("train", tmp_path / "no.toml", "-o", tmp_path / "m")
    assert result.code == 1
    assert result.err.startswith(f"error: cannot read {tmp_path}/no.toml")
    with pytest.raises(FileAccessError):  # which Python then shows with its traceback
        dragoman("train", tmp_path / "no.toml", "-o", tmp_path / "m", "--debug")


# bundles


def flip(path: Path, place: int | None = None) -> None:
    """Change one byte in the middle of a file."""
    raw = bytearray(path.read_bytes())
    place = len(raw) // 2 if place is None else place
    raw[place] ^= 0x01
    path.write_bytes(bytes(raw))


def translated(dragoman, model: Path, folder: Path) -> object:
    return dragoman("translate", model, write(folder / "in.txt", "the house\n"))


@pytest.mark.parametrize("pattern", ["weights-*", "tokenizer-*/*"])
def test_a_flipped_byte(pattern, model, dragoman, tmp_path):
    [file] = model.glob(pattern)
    flip(file)
    result = translated(dragoman, model, tmp_path)
    assert result.is_clear_error
    assert f"{file.relative_to(model)} fails its checksum" in result.err
    assert result.out == ""
    file.unlink()
    result = translated(dragoman, model, tmp_path)
    assert result.is_clear_error
    assert f"{file.relative_to(model)} is missing" in result.err


def test_a_flipped_byte_anywhere_in_the_manifest(model, dragoman, tmp_path):
    manifest = model / "manifest.json"
    whole = manifest.read_bytes()
    places = [place for place in range(len(whole)) if chr(whole[place]).isalnum()]
    for place in places[:: len(places) // 25]:
        flip(manifest, place)
        result = translated(dragoman, model, tmp_path)
        assert result.is_clear_error, (place, result.err)
        manifest.write_bytes(whole)
    manifest.write_bytes(whole[: len(whole) // 2])
    assert translated(dragoman, model, tmp_path).is_clear_error
    manifest.write_bytes(b"[]")
    assert translated(dragoman, model, tmp_path).is_clear_error


def test_an_unknown_version(model, dragoman, tmp_path):
    manifest = json.loads((model / "manifest.json").read_text())
    (model / "manifest.json").write_text(json.dumps({**manifest, "version": 99, "dragoman": "7.0"}))
    result = translated(dragoman, model, tmp_path)
    assert result.is_clear_error
    assert "version 99" in result.err
    assert "7.0" in result.err


def test_not_a_bundle(dragoman, tmp_path):
    for model in (tmp_path, tmp_path / "nowhere", write(tmp_path / "file", "x")):
        result = translated(dragoman, model, tmp_path)
        assert result.is_clear_error
        assert f"{model} is not a bundle" in result.err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--n-best", 5, "--beam", 2), "--n-best 5 is more than --beam 2"),
        (("--device", "tpu"), "tpu"),
        (("--output", "{here}/in.txt"), "--force"),
        (("--output", "{here}/in.txt/x"), "in.txt"),
    ],
)
def test_options_of_translate(options, says, model, dragoman, tmp_path):
    text = write(tmp_path / "in.txt", "the house\n")
    result = dragoman("translate", model, text, *(str(option).format(here=tmp_path) for option in options))
    assert result.is_clear_error, result.err
    assert says in result.err
    assert text.read_text() == "the house\n"


def test_text_that_cannot_be_read(model, dragoman, tmp_path):
    result = dragoman("translate", model, tmp_path / "none.txt")
    assert result.is_clear_error
    result = dragoman("translate", model, write(tmp_path / "x.txt", b"the house\nna\xefve\n"), "-o", tmp_path / "out")
    assert result.is_clear_error
    assert "x.txt, line 2" in result.err
    assert not (tmp_path / "out").exists()
    cut = write(tmp_path / "cut.gz", gzip.compress(b"the house is old\n" * 50)[:-6])
    assert dragoman("translate", model, cut, "-o", tmp_path / "out", "--beam", 1).is_clear_error
    assert not (tmp_path / "out").exists()


# a full disk and closed doors


@contextlib.contextmanager
def full_disk(size: int) -> Iterator[None]:
    """Every file stops growing at so many bytes, as on a disk that is full; Python ignores the signal that comes."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits and /dev/full are Linux's")


@linux
@pytest.mark.parametrize("size", [20_000, 27_000, 140_000], ids=["text set aside", "examples", "checkpoint"])
def test_a_full_disk_while_training_leaves_the_old_bundle(size, model, corpus, dragoman, tmp_path):
    before = translated(dragoman, model, tmp_path).out
    with full_disk(size):
        changed = ("--force", "--set", "tokenizer.vocabulary_size=350")
        result = dragoman("train", corpus / "tiny.toml", "-o", model, *changed)
    assert result.is_clear_error, result.err
    assert "the file grew past the allowed size" in result.err
    assert not [path for path in tmp_path.rglob("*") if path.name.endswith((".partial", ".old"))]
    if size < 100_000:
        assert translated(dragoman, model, tmp_path).out == before
    else:  # the first validation's bundle was whole before the checkpoint failed
        assert translated(dragoman, model, tmp_path).code == 0
    resumed = dragoman("train", "--resume", model)
    if size == 20_000:  # the run had not begun
        assert "there is no training run" in resumed.err
    else:
        assert resumed.code == 0, resumed.err


@linux
def test_a_full_disk_while_translating(model, dragoman, tmp_path):
    text = write(tmp_path / "in.txt", "the house\n" * 1000)
    output = write(tmp_path / "out.txt", "old\n")
    with full_disk(100):
        result = dragoman("translate", model, text, "-o", output, "--force")
    assert result.is_clear_error, result.err
    assert str(output) in result.err
    assert output.read_text() == "old\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.txt", "model", "out.txt"]


@linux
def test_a_full_disk_behind_standard_output(model, tmp_path):
    code = "from dragoman.cli.main import main\nmain()"
    text = write(tmp_path / "in.txt", "the house\n")
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(
            [sys.executable, "-c", code, "translate", model, text], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert result.returncode == 1
    assert result.stderr.decode().startswith("error: cannot write standard output: the disk is full\nhint: ")
    assert result.stderr.count(b"\n") == 2


def test_no_permission(model, corpus, dragoman, tmp_path, monkeypatch):
    """As root no directory is closed, so the system's refusal is played."""
    before = translated(dragoman, model, tmp_path).out
    real = Path.mkdir

    def refuse(path: Path, *arguments, **options):
        if "forbidden" in str(path):
            raise PermissionError(13, "Permission denied", str(path))
        real(path, *arguments, **options)

    monkeypatch.setattr(Path, "mkdir", refuse)
    result = dragoman("train", corpus / "tiny.toml", "-o", tmp_path / "forbidden" / "model")
    assert result.is_clear_error, result.err
    assert "permission denied" in result.err
    result = dragoman("translate", model, tmp_path / "in.txt", "-o", tmp_path / "forbidden" / "out.txt")
    assert result.is_clear_error, result.err
    monkeypatch.undo()
    assert translated(dragoman, model, tmp_path).out == before


def test_memory_runs_out(corpus, dragoman, monkeypatch):
    def fail(*arguments, **options):
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")

    monkeypatch.setattr("dragoman.jobs.start_training.train", fail)
    result = dragoman("train", corpus / "tiny.toml", "-o", corpus / "m")
    assert result.is_clear_error
    assert "batching.max_tokens" in result.err


def test_a_fault_of_ours_asks_for_a_report(corpus, dragoman, monkeypatch):
    def fail(*arguments, **options):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("dragoman.jobs.start_training.train", fail)
    result = dragoman("train", corpus / "tiny.toml", "-o", corpus / "m")
    assert result.code == 1
    assert "should not happen" in result.err
    assert "Traceback" not in result.err


def test_force_replaces_only_when_the_new_run_has_a_model(model, corpus, dragoman, tmp_path):
    """The old bundle translates until the new run's first validation, even when that never comes."""
    before = translated(dragoman, model, tmp_path).out
    shutil.copy(corpus / "val.en", corpus / "train.en")  # unequal now
    assert dragoman("train", corpus / "tiny.toml", "-o", model, "--force").is_clear_error
    assert translated(dragoman, model, tmp_path).out == before
