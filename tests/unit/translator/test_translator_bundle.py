"""The bundle on disk: whole or not there, checked when read."""

import errno
import json
import shutil

import pytest
import torch

from dragoman.base.errors import DamagedFileError, FileAccessError, VersionError
from dragoman.tasks.translation import TranslationTask
from dragoman.tokenizers.characters import CharacterTokenizer
from dragoman.translator import bundle as bundle_module
from dragoman.translator import manifest as manifest_module
from dragoman.translator.bundle import Bundle, build_model, load_bundle, save_bundle
from dragoman.translator.manifest import read_manifest

MODEL = {
    "kind": "transformer",
    "width": 8,
    "heads": 2,
    "feed_forward_width": 8,
    "encoder_layers": 1,
    "decoder_layers": 1,
}


def make(text="abc", *, joint=True, **changes):
    tokenizers = [CharacterTokenizer.train([side], CharacterTokenizer.config_type()) for side in (text, text + "xyz")]
    task = TranslationTask("en", "de", tokenizers[0], tokenizers[0 if joint else 1])
    section = MODEL if joint else {**MODEL, "tie_embeddings": "decoder"}
    model = build_model(
        section, source_vocabulary=len(task.source_tokenizer), target_vocabulary=len(task.target_tokenizer)
    )
    recipe = {
        "task": {"source": "en", "target": "de", "joint_vocabulary": joint},
        "tokenizer": {"kind": "characters"},
        "model": section,
    }
    return Bundle(task, model, recipe, {"a.en": "00"}, {"validation": {"bleu": 1.5}}, **changes)


@pytest.mark.parametrize("joint", [True, False])
def test_saved_and_loaded_it_is_the_same(joint, tmp_path):
    saved = make(joint=joint, history=("pruned",))
    save_bundle(saved, tmp_path / "model")
    loaded = load_bundle(tmp_path / "model")
    assert loaded.recipe == saved.recipe
    assert loaded.data == saved.data
    assert loaded.scores == saved.scores
    assert loaded.history == ("pruned",)
    assert not loaded.model.training
    assert (loaded.task.source_tokenizer is loaded.task.target_tokenizer) is joint
    for (name, ours), (_, theirs) in zip(saved.model.named_parameters(), loaded.model.named_parameters(), strict=True):
        assert torch.equal(ours, theirs), name
    source = torch.tensor([[5, 4, 3]])
    target = torch.tensor([[2, 4]])
    mask = source != 0
    with torch.inference_mode():
        assert torch.equal(saved.model.eval()(source, mask, target), loaded.model(source, mask, target))


def test_the_manifest_tells_what_it_is(tmp_path):
    save_bundle(make(), tmp_path)
    manifest = read_manifest(tmp_path)
    assert manifest["format"] == "dragoman-bundle"
    assert manifest["languages"] == {"source": "en", "target": "de"}
    assert manifest["parameters"] > 100
    assert len(manifest["checksums"]) == 2
    assert all((tmp_path / name).is_file() for name in manifest["checksums"])


def test_a_newer_bundle_leaves_nothing_of_the_older(tmp_path):
    save_bundle(make("abc", joint=False), tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    save_bundle(make("abcdef"), tmp_path)
    names = sorted(path.name.partition("-")[0] for path in tmp_path.iterdir())
    assert names == ["manifest.json", "notes.txt", "tokenizer", "weights"]
    load_bundle(tmp_path)


def test_saving_twice_writes_the_same_bytes(tmp_path):
    bundle = make()
    save_bundle(bundle, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    save_bundle(bundle, tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("module", "stage"),
    [(bundle_module, "_save_weights"), (manifest_module, "_save_tokenizer"), (manifest_module, "write_json")],
)
def test_a_save_that_fails_leaves_the_old_bundle(module, stage, tmp_path, monkeypatch):
    save_bundle(make("abc"), tmp_path)
    old = dict(load_bundle(tmp_path).model.named_parameters())

    def full(*arguments):
        raise FileAccessError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(module, stage, full)
        with pytest.raises(FileAccessError):
            save_bundle(make("abcdef"), tmp_path)
    loaded = load_bundle(tmp_path)
    assert all(torch.equal(old[name], weight) for name, weight in loaded.model.named_parameters())
    save_bundle(make("abcdef"), tmp_path)
    assert len(load_bundle(tmp_path).task.source_tokenizer) > len(loaded.task.source_tokenizer)


def test_a_full_disk_under_the_weights(tmp_path, monkeypatch):
    """safetensors tells the system's reason in the text of an error of its own."""
    from safetensors import SafetensorError

    def full(*arguments):
        raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")

    monkeypatch.setattr(bundle_module, "save_file", full)
    with pytest.raises(FileAccessError, match="the disk is full"):
        save_bundle(make(), tmp_path / "model")
    assert errno.ENOSPC == 28
    assert list((tmp_path / "model").iterdir()) == []


@pytest.fixture
def saved(tmp_path):
    save_bundle(make(), tmp_path / "model")
    return tmp_path / "model"


def reseal(path, **changes):
    """Write a manifest that is sound but for what it says."""
    manifest = {**read_manifest(path), **changes}
    (path / "manifest.json").write_text(json.dumps({**manifest, "checksum": manifest_module._seal(manifest)}))


def test_another_version(saved):
    reseal(saved, version=3, dragoman="9.1")
    with pytest.raises(VersionError, match="version 3") as caught:
        load_bundle(saved)
    assert "9.1" in caught.value.hint


def test_a_changed_manifest(saved):
    manifest = json.loads((saved / "manifest.json").read_text())
    for changes in ({"languages": {"source": "en", "target": "fr"}}, {"checksum": "0"}, {"new": 1}):
        (saved / "manifest.json").write_text(json.dumps({**manifest, **changes}))
        with pytest.raises(DamagedFileError, match=r"manifest.json fails its checksum"):
            load_bundle(saved)


def test_a_manifest_may_be_laid_out_anew(saved):
    """The seal is over the values, not over spaces."""
    manifest = json.loads((saved / "manifest.json").read_text())
    (saved / "manifest.json").write_text(json.dumps(manifest, indent=7))
    load_bundle(saved)


def test_weights_of_another_model(saved):
    recipe = read_manifest(saved)["recipe"]
    reseal(saved, recipe={**recipe, "model": {**recipe["model"], "width": 16}})
    with pytest.raises(DamagedFileError, match="do not fit"):
        load_bundle(saved)


@pytest.mark.parametrize("key", ["recipe", "weights", "tokenizers", "checksums", "data"])
def test_a_manifest_without_a_part(key, saved):
    manifest = {name: value for name, value in read_manifest(saved).items() if name != key}
    (saved / "manifest.json").write_text(json.dumps({**manifest, "checksum": manifest_module._seal(manifest)}))
    with pytest.raises(DamagedFileError, match=key):
        load_bundle(saved)


def test_missing_files(saved):
    shutil.rmtree(next(saved.glob("tokenizer-*")))
    with pytest.raises(DamagedFileError, match="is missing"):
        load_bundle(saved)
    (saved / "manifest.json").unlink()
    with pytest.raises(FileAccessError, match="is not a bundle"):
        load_bundle(saved)


def test_a_manifest_that_reaches_outside_is_refused(tmp_path):
    path = tmp_path / "model"
    path.mkdir()
    (tmp_path / "secret").write_text("not of the bundle")
    with pytest.raises(DamagedFileError, match="outside itself"):
        manifest_module.check_files(path, {"checksums": {"../secret": "0"}})
