"""Every architecture as graphs that say what the model says; weights once; a change is noticed."""

import pytest

from dragoman.base.errors import ExportError
from dragoman.base.symbols import EOS
from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.hypothesis import Sentence
from dragoman.interop.protocol import EngineExport
from dragoman.interop.samples import sample_sentences
from dragoman.translator.engines.protocol import Place
from dragoman.translator.manifest import check_files, read_manifest

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from dragoman.interop.onnx.exporter import OnnxExport, OnnxOptions
from dragoman.interop.onnx.quantizing import BLOCK, blocks
from dragoman.translator.engines.onnx_engine import open_engine

FEW = [*sample_sentences()[::12], "word " * 40]
TRANSFORMERS = [
    *({"positions": kind, "norm_order": order} for kind in ("learned", "rotary") for order in ("pre", "post")),
    {"norm_order": "post", "activation": "gelu", "joint": False, "tie_embeddings": "decoder"},
    {"norm": "rms", "activation": "swiglu", "head_width": 6, "joint": False, "tie_embeddings": "none"},
    {"max_length": 16},
]
RECURRENT = [
    {"cell": cell, "attention": attention, "layers": layers}
    for cell, attention, layers in (
        ("lstm", "none", 1),
        ("gru", "none", 2),
        ("gru", "additive", 1),
        ("lstm", "additive", 2),
        ("gru", "multiplicative", 2),
    )
]
OTHERS = [
    {"attention": "multiplicative", "bidirectional": True, "reverse_source": True},
    {"cell": "gru", "attention": "none", "reverse_source": False, "embedding_width": 12},
]
SMALL = {"kind": "recurrent", "width": 16, "embedding_width": 16}
SHAPES = [{}, *TRANSFORMERS, *({**SMALL, **shape} for shape in (*RECURRENT, *OTHERS))]


def export(bundle, path, quantization="none"):
    exporter = OnnxExport(OnnxOptions(quantization=quantization))
    assert exporter.refusal(bundle) is None
    exporter.write(bundle, path)
    return exporter


def opened(bundle, path):
    return open_engine(path, read_manifest(path), bundle.task, Place("cpu", 1))


def graphs(path):
    return path / read_manifest(path)["engines"]["onnx"]["directory"]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "-".join(map(str, shape.values())) or "usual")
def test_every_architecture_does_what_the_model_does(tiny_bundle, tmp_path, shape):
    bundle = tiny_bundle(**shape)
    exporter = export(bundle, tmp_path)
    assert isinstance(exporter, EngineExport)
    said = exporter.verify(bundle, tmp_path, FEW)
    assert f"of {len(FEW)}, {len(FEW)} translations with beam 1 and {len(FEW)} translations with beam 4 equal" in said


def test_the_bundle_names_what_it_holds(tiny_bundle, tmp_path):
    export(tiny_bundle(max_length=64), tmp_path)
    manifest = read_manifest(tmp_path)
    check_files(tmp_path, manifest)
    assert manifest["weights"] is None
    facts = manifest["engines"]["onnx"]
    assert (facts["opset"], facts["quantization"], facts["max_length"]) == (18, "none", 64)


def test_shared_weights_are_stored_once(tiny_bundle, tmp_path):
    bundle = tiny_bundle(width=64, feed_forward_width=64)
    export(bundle, tmp_path)
    numbers = sum(parameter.numel() for parameter in bundle.model.parameters())
    tables = bundle.model.max_length * 64  # of positions
    stored = (graphs(tmp_path) / "weights.bin").stat().st_size
    assert stored == pytest.approx(4 * (numbers + tables), rel=0.05)


def test_another_model_is_noticed(tiny_bundle, tmp_path):
    bundle = tiny_bundle()
    exporter = export(bundle, tmp_path)
    file = graphs(tmp_path) / "weights.bin"
    content = bytearray(file.read_bytes())
    content[64:4096] = bytes(4096 - 64)
    file.write_bytes(content)
    with pytest.raises(ExportError, match="nats an id"):
        exporter.verify(bundle, tmp_path, FEW)


@pytest.mark.parametrize(
    "shape", [{"width": 32, "max_length": 80}, {**SMALL, "width": 32, "embedding_width": 32}], ids=str
)
def test_int8_is_small_and_near_and_knows_no_neighbours(tiny_bundle, tmp_path, shape):
    bundle = tiny_bundle(**shape)
    sizes = {}
    for kind in ("none", "int8"):
        (tmp_path / kind).mkdir()
        exporter = export(bundle, tmp_path / kind, kind)
        exporter.verify(bundle, tmp_path / kind, FEW)
        sizes[kind] = (graphs(tmp_path / kind) / "weights.bin").stat().st_size
    assert sizes["int8"] < 0.6 * sizes["none"]
    engine = opened(bundle, tmp_path / "int8")
    config = DecodingConfig(beam=2, max_length_ratio=1.0, max_length_offset=3)
    sentences = [Sentence((*bundle.task.source_ids(text)[:20], EOS)) for text in FEW]
    together = engine.decode(sentences, config)
    for place, sentence in enumerate(sentences):
        (alone,) = engine.decode([sentence], config)
        assert [one.ids for one in alone] == [one.ids for one in together[place]]
        assert alone[0].score == pytest.approx(together[place][0].score, abs=1e-5)


def test_blocks_are_near_their_numbers():
    import numpy as np

    matrix = np.random.default_rng(1).normal(size=(5, BLOCK + 7)).astype(np.float32)
    matrix[2] = 0
    stored, scales = blocks(matrix)
    assert stored.shape == (5, 2, BLOCK)
    found = ((stored.astype(np.float32) - 128) * scales[:, :, None]).reshape(5, -1)[:, : BLOCK + 7]
    assert np.abs(found - matrix).max() <= scales.max() / 2 + 1e-6
    assert not found[2].any()


def test_what_does_not_translate_is_refused(tiny_bundle):
    from dataclasses import replace

    from dragoman.tasks.text import TextTask

    bundle = tiny_bundle()
    text = replace(bundle, task=TextTask(("en",), bundle.task.source_tokenizer))
    assert "pre-trained" in OnnxExport(OnnxOptions()).refusal(text)


def test_an_architecture_without_names_is_refused(tiny_bundle):
    from dataclasses import replace

    from torch import nn

    assert "no names" in OnnxExport(OnnxOptions()).refusal(replace(tiny_bundle(), model=nn.Identity()))
