"""A bundle in transformers: the same logits, the same search, the same ids; what cannot be held is refused."""

import json
import re

import pytest
import torch

from dragoman.base.errors import ExportError
from dragoman.interop.huggingface.comparison import TOLERANCE, load_twin
from dragoman.interop.huggingface.exporter import HuggingFaceExport
from dragoman.interop.huggingface.weights import halves
from dragoman.interop.protocol import NoOptions
from dragoman.models.positions import sinusoids

SAMPLES = [
    "Hello world!", "Wo ist der Bahnhof?", "A much longer sentence with commas, numbers (3.14) and a question?", "I",
    "👨‍👩‍👧 🇩🇪 日本語", "  spaces  here ", "a▁b \x10 \x10_", "</s> <pad> <unk> <s>", "\ttab\u00a0and\u200b", "e\u0301",
    "don't, won't , can't .",
]  # fmt: skip
SHAPES = [
    {"norm_order": "post"},
    {"norm_order": "post", "tie_embeddings": "none", "activation": "gelu", "output_bias": True},
    {"norm_order": "post", "tie_embeddings": "decoder", "joint": False, "activation": "silu"},
    {"norm_order": "pre", "encoder_layers": 3, "decoder_layers": 1},
    {"norm_order": "pre", "tie_embeddings": "decoder", "activation": "gelu", "output_bias": True},
    {"norm_order": "pre", "tie_embeddings": "none", "joint": False},
]


@pytest.fixture
def exporter():
    return HuggingFaceExport(NoOptions())


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_shape_is_the_same_there(tiny_bundle, exporter, tmp_path, shape):
    bundle = tiny_bundle(**shape)
    assert exporter.refusal(bundle) is None
    exporter.write(bundle, tmp_path)
    found = exporter.verify(bundle, tmp_path, SAMPLES)
    assert f"{len(SAMPLES)} texts cut alike" in found
    assert re.search(r"greedy and beam search say (the same|but for [12] of \d+ that are as likely)$", found), found
    kind = json.loads((tmp_path / "config.json").read_text("utf-8"))["architectures"]
    assert kind == ["MarianMTModel" if shape["norm_order"] == "post" else "PegasusForConditionalGeneration"]


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ({"positions": "rotary"}, "positions are rotary"),
        ({"positions": "learned"}, "positions are learned"),
        ({"norm": "rms"}, "norm is rms"),
        ({"activation": "swiglu"}, "swiglu, which is gated"),
        ({"heads": 1, "head_width": 8}, "1 heads of 8 are not its width of 16"),
        ({"width": 15, "heads": 1}, "width is 15"),
        ({"kind": "recurrent", "width": 8}, "no model like the recurrent ones"),
    ],
    ids=str,
)
def test_what_no_architecture_has_is_refused(tiny_bundle, exporter, shape, reason):
    assert reason in exporter.refusal(tiny_bundle(**shape))


@pytest.mark.parametrize("kind", ["words", "characters", "bytes"])
def test_another_tokenizer_goes_as_ids(tiny_bundle, exporter, tmp_path, kind):
    bundle = tiny_bundle(pieces=kind, norm_order="post")
    exporter.write(bundle, tmp_path)
    assert "ids are in vocabulary.json" in exporter.verify(bundle, tmp_path, SAMPLES)
    pieces = json.loads((tmp_path / "vocabulary.json").read_text("utf-8"))["source"]
    assert [pieces[index] for index in bundle.task.source_ids("I")][-1] == "</s>"


def test_a_changed_weight_is_noticed(tiny_bundle, exporter, tmp_path):
    bundle = tiny_bundle(norm_order="post")
    exporter.write(bundle, tmp_path)
    with torch.no_grad():
        bundle.model.encoder[0].feed_forward.output.bias[3] += 100 * TOLERANCE
    with pytest.raises(ExportError, match="logits of the exported model differ"):
        exporter.verify(bundle, tmp_path, SAMPLES)


def test_a_changed_tokenizer_is_noticed(tiny_bundle, exporter, tmp_path):
    bundle = tiny_bundle(norm_order="post")
    exporter.write(bundle, tmp_path)
    vocabulary = json.loads((tmp_path / "vocab.json").read_text("utf-8"))
    first, second = list(vocabulary)[300:302]
    vocabulary[first], vocabulary[second] = vocabulary[second], vocabulary[first]
    (tmp_path / "vocab.json").write_text(json.dumps(vocabulary), "utf-8")
    with pytest.raises(ExportError, match="cuts"):
        exporter.verify(bundle, tmp_path, [*SAMPLES, "".join(piece.replace("▁", " ") for piece in vocabulary)])


def test_generate_alone_says_what_the_bundle_says(tiny_bundle, exporter, tmp_path):
    """The generation settings stand in the directory: nothing special is ever said, and never nothing."""
    exporter.write(tiny_bundle(norm_order="pre"), tmp_path)
    twin = load_twin(tmp_path)
    said = twin.generate(input_ids=torch.tensor([[50, 60, 3]]), max_new_tokens=12)[0].tolist()
    assert said[0] == 2
    assert not {0, 1, 2, 3} & {said[1]}
    assert twin.generation_config.num_beams == 5


def test_the_width_is_only_reordered():
    width = 12
    table = sinusoids(9, width)[:, halves(width)]
    assert torch.equal(table[:, : width // 2], sinusoids(9, width)[:, 0::2])
    assert sorted(halves(width).tolist()) == list(range(width))
