"""The plain form: weights and pieces as they are, and a change is noticed."""

import json

import pytest
from safetensors.torch import load_file, save_file

from dragoman.base.errors import ExportError
from dragoman.interop import EXPORTS
from dragoman.interop.plain import PlainExport
from dragoman.interop.protocol import Export, NoOptions
from dragoman.interop.samples import sample_sentences


@pytest.fixture
def written(tiny_bundle, tmp_path):
    PlainExport(NoOptions()).write(tiny_bundle(), tmp_path)
    return tmp_path


def test_weights_pieces_and_settings_are_there(tiny_bundle, written):
    bundle = tiny_bundle()
    assert set(load_file(written / "model.safetensors")) == {name for name, _ in bundle.model.named_parameters()}
    vocabulary = json.loads((written / "vocabulary.json").read_text("utf-8"))
    assert vocabulary["source"][:4] == ["<pad>", "<unk>", "<s>", "</s>"]
    config = json.loads((written / "config.json").read_text("utf-8"))
    assert config["target_vocabulary"] == len(vocabulary["target"])
    assert config["special_ids"]["eos"] == 3


def test_what_came_back_is_compared(tiny_bundle, written):
    exporter = PlainExport(NoOptions())
    assert "bit for bit" in exporter.verify(tiny_bundle(), written, ["Hello!"])
    weights = load_file(written / "model.safetensors")
    weights["source_embedding.weight"][5, 0] += 1e-6
    save_file(weights, written / "model.safetensors")
    with pytest.raises(ExportError, match="source_embedding"):
        exporter.verify(tiny_bundle(), written, ["Hello!"])


@pytest.mark.parametrize("name", EXPORTS.names())
def test_every_export_follows_the_protocol(name):
    kind = EXPORTS.load(name)
    assert isinstance(kind(kind.config_type()), Export)


def test_the_samples_are_always_the_same_and_not_all_easy():
    samples = sample_sentences()
    assert samples == sample_sentences()
    assert len(samples) > 30
    assert any("👩" in text for text in samples)
