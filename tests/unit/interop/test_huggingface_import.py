"""Checkpoints as OPUS-MT publishes them become bundles that say the same; anything else is refused with its reason."""

import json
import pickle

import pytest
import torch
from safetensors.torch import load_file, save_file

from dragoman.base.errors import ConfigError, DamagedFileError, DragomanError, ExportError, FileAccessError
from dragoman.base.symbols import BOS, EOS, PAD
from dragoman.interop.huggingface.checkpoint import read_checkpoint
from dragoman.interop.huggingface.comparison import load_twin, say_best
from dragoman.interop.huggingface.exporter import HuggingFaceExport
from dragoman.interop.huggingface.import_check import compare_import
from dragoman.interop.huggingface.importer import take_in
from dragoman.interop.huggingface.quiet import quietly
from dragoman.interop.protocol import NoOptions
from dragoman.jobs.exchange.import_model import import_model
from dragoman.translator.bundle import load_bundle

SAMPLES = [
    "Hello, where is the red house?",
    "The old man has a dog.",
    "I",
    "日本語 👩",
    "ﬁne  spaces ",
    ">>deu<< Hello!",
]
SHAPES = [
    {},
    {"activation_function": "gelu", "scale_embedding": False},
    {"activation_function": "relu", "share_encoder_decoder_embeddings": False},
    {"share_encoder_decoder_embeddings": False, "tie_word_embeddings": False, "decoder_layers": 1},
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_shape_is_the_same_here(opus_model, tmp_path, shape):
    path = opus_model(**shape)
    bundle = import_model(path, output=tmp_path / "model")
    assert "texts cut alike; logits of" in bundle.history[0]
    imported = take_in(read_checkpoint(path), "en", "de")
    assert f"{len(SAMPLES)} texts cut alike" in compare_import(imported, path, SAMPLES)


def test_a_beam_finds_what_generate_finds(opus_model):
    """Also with the settings that stand in the checkpoint: a beam of four."""
    path = opus_model()
    imported = take_in(read_checkpoint(path), "en", "de")
    rows = imported.numberings[1].rows
    with quietly():
        twin = load_twin(path)
        for text in SAMPLES:
            source = imported.task.source_ids(text)
            theirs = twin.generate(
                input_ids=rows[source][None], max_new_tokens=20, early_stopping=True, suppress_tokens=rows[:3].tolist(),
                begin_suppress_tokens=[0], forced_eos_token_id=None,
            )[0, 1:]  # fmt: skip
            own = say_best(imported.model, [source], beam=4, limit=20)[0]
            ended = (theirs == 0).nonzero().flatten().tolist()
            assert rows[own].tolist() == theirs[: ended[0] if ended else None].tolist()


def test_the_bundle_has_languages_decoding_and_a_start_that_is_never_said(opus_model, tmp_path):
    import_model(opus_model(), output=tmp_path / "model")
    bundle = load_bundle(tmp_path / "model")
    assert bundle.task.languages == ("en", "de")
    assert bundle.recipe["decoding"]["beam"] == 4
    assert bundle.recipe["model"]["tie_embeddings"] == "all"
    weights = bundle.model.target_embedding.weight
    assert torch.equal(weights[PAD], weights[BOS])
    features = bundle.model(torch.tensor([[9, EOS]]), torch.ones(1, 2).bool(), torch.tensor([[BOS, 9]]))
    assert bundle.model.output(features).softmax(-1)[..., BOS].max() < 1e-30


def test_languages_are_read_from_the_name_or_given(opus_model, tmp_path):
    path = opus_model("opus-mt-tc-big-fi-sv")
    (path / "tokenizer_config.json").unlink()
    assert read_checkpoint(path).languages == ("fi", "sv")
    nameless = path.rename(tmp_path / "nameless")
    with pytest.raises(ConfigError, match="does not say which languages"):
        import_model(nameless, output=tmp_path / "model")


def test_half_precision_and_pickled_weights(opus_model, tmp_path):
    path = opus_model()
    weights = load_file(path / "model.safetensors")
    torch.save({name: weight.half() for name, weight in weights.items()}, path / "pytorch_model.bin")
    (path / "model.safetensors").unlink()
    bundle = import_model(path, output=tmp_path / "model")
    assert bundle.model.source_embedding.weight.dtype == torch.float32


def test_a_round_trip_gives_the_same_model_back(tiny_bundle, tmp_path):
    for order in ("post", "pre"):
        bundle = tiny_bundle(norm_order=order)
        HuggingFaceExport(NoOptions()).write(bundle, tmp_path / order)
        imported = take_in(read_checkpoint(tmp_path / order), "en", "de")
        own = dict(bundle.model.named_parameters())
        assert {name: weight.shape for name, weight in imported.model.named_parameters()} == {
            name: weight.shape for name, weight in own.items()
        }
        assert all(torch.equal(weight, own[name]) for name, weight in imported.model.named_parameters())
        compare_import(imported, tmp_path / order, SAMPLES[:-1])


def test_an_imported_model_leaves_again(opus_model, tmp_path):
    bundle = import_model(opus_model(), output=tmp_path / "model")
    exporter = HuggingFaceExport(NoOptions())
    (tmp_path / "again").mkdir()
    exporter.write(bundle, tmp_path / "again")
    assert "texts cut alike" in exporter.verify(bundle, tmp_path / "again", SAMPLES)


class Evil:
    """What runs code when it is unpickled without care."""

    def __reduce__(self):
        return (print, ("you should not read this",))


def spoil_config(path, **values):
    config = json.loads((path / "config.json").read_text("utf-8"))
    (path / "config.json").write_text(json.dumps({**config, **values}), "utf-8")


def spoil_weights(path, change):
    weights = load_file(path / "model.safetensors")
    change(weights)
    save_file(weights, path / "model.safetensors")


def evil_bin(path):
    (path / "model.safetensors").unlink()
    with (path / "pytorch_model.bin").open("wb") as file:
        pickle.dump({"weight": Evil()}, file)


def evil_zip(path):
    (path / "model.safetensors").unlink()
    torch.save({"weight": Evil()}, path / "pytorch_model.bin")


def gap(path):
    vocabulary = json.loads((path / "vocab.json").read_text("utf-8"))
    (path / "vocab.json").write_text(json.dumps({piece: 2 * index for piece, index in vocabulary.items()}), "utf-8")


def longer(path):
    vocabulary = json.loads((path / "vocab.json").read_text("utf-8"))
    (path / "vocab.json").write_text(json.dumps({**vocabulary, "extra": len(vocabulary)}), "utf-8")


BAD = {
    "no config": (lambda path: (path / "config.json").unlink(), FileAccessError, "no config.json"),
    "another architecture": (lambda path: spoil_config(path, model_type="bart"), ConfigError, "architecture 'bart'"),
    "no weights": (lambda path: (path / "model.safetensors").unlink(), FileAccessError, "no weights"),
    "cut weights": (
        lambda path: (path / "model.safetensors").write_bytes((path / "model.safetensors").read_bytes()[:999]),
        DamagedFileError,
        "cannot be read",
    ),
    "code in a pickle": (evil_bin, ConfigError, "is refused"),
    "code in a zipped pickle": (evil_zip, ConfigError, "is refused"),
    "no vocabulary": (lambda path: (path / "vocab.json").unlink(), FileAccessError, "vocab.json"),
    "a vocabulary with gaps": (gap, DamagedFileError, "not a vocabulary"),
    "a longer vocabulary": (longer, DamagedFileError, "but there are weights for"),
    "no segmentation": (lambda path: (path / "source.spm").unlink(), FileAccessError, "source.spm"),
    "a broken segmentation": (
        lambda path: (path / "target.spm").write_bytes(b"no"),
        DamagedFileError,
        "not a SentencePiece model",
    ),
    "another activation": (
        lambda path: spoil_config(path, activation_function="gelu_new"),
        ConfigError,
        "activation_function is 'gelu_new'",
    ),
    "two numbers of heads": (
        lambda path: spoil_config(path, decoder_attention_heads=4),
        ConfigError,
        "and its decoder_",
    ),
    "another width": (lambda path: spoil_config(path, d_model=32), DamagedFileError, "do not fit config.json"),
    "fewer layers": (lambda path: spoil_config(path, encoder_layers=1), ConfigError, "have no place"),
    "more layers": (lambda path: spoil_config(path, encoder_layers=3), DamagedFileError, "the weights have no"),
    "other positions": (
        lambda path: spoil_weights(
            path, lambda weights: weights.update({"model.encoder.embed_positions.weight": torch.zeros(64, 16)})
        ),
        ConfigError,
        "not the usual sinusoids",
    ),
    "no padding piece": (lambda path: spoil_config(path, pad_token_id=10**6), DamagedFileError, "no piece for <pad>"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_checkpoints_are_told_in_plain_words(opus_model, tmp_path, capsys, name):
    spoil, error, says = BAD[name]
    path = opus_model()
    spoil(path)
    with pytest.raises(DragomanError, match=says) as raised:
        import_model(path, output=tmp_path / "model")
    assert type(raised.value) is error
    assert raised.value.hint
    assert not (tmp_path / "model").exists()
    assert "you should not read this" not in capsys.readouterr().out


def test_a_difference_fails_the_import(opus_model):
    path = opus_model()
    imported = take_in(read_checkpoint(path), "en", "de")
    with torch.no_grad():
        imported.model.decoder[0].feed_forward.input.bias[0] += 1.0
    with pytest.raises(ExportError, match="logits differ"):
        compare_import(imported, path, SAMPLES)
