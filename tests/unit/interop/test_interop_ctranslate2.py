"""Every shape of a Transformer gives the same scores in CTranslate2; what it cannot run is refused; ids stay ids."""

import json

import pytest

from dragoman.base.errors import ConfigError, ExportError
from dragoman.interop.ctranslate2.exporter import CTranslate2Export, CTranslate2Options
from dragoman.interop.ctranslate2.spec import without_twins
from dragoman.interop.engine_bundle import move_engine
from dragoman.interop.protocol import EngineExport
from dragoman.interop.samples import sample_sentences
from dragoman.translator.bundle import load_bundle, save_bundle
from dragoman.translator.manifest import check_files, engines_of, read_manifest
from dragoman.translator.translator import Translator

SAMPLES = sample_sentences()[::4]
EXACT = CTranslate2Export(CTranslate2Options(quantization="float32", beam=2))


@pytest.mark.parametrize(
    "shape",
    [
        {},
        {"norm_order": "post", "encoder_layers": 3, "decoder_layers": 1},
        {"activation": "gelu", "norm": "rms"},
        {"activation": "silu", "norm": "rms", "norm_order": "post", "positions": "learned"},
        {"activation": "swiglu", "output_bias": True},
        {"positions": "rotary"},
        {"positions": "rotary", "head_width": 6},
        {"head_width": 6},
        {"joint": False, "tie_embeddings": "none"},
        {"joint": False, "tie_embeddings": "decoder", "pieces": "words"},
        {"pieces": "bytes"},
        {"pieces": "characters"},
    ],
    ids=str,
)
def test_every_shape_says_the_same_in_float32(tiny_bundle, tmp_path, shape):
    bundle = tiny_bundle(**shape)
    EXACT.write(bundle, tmp_path)
    found = EXACT.verify(bundle, tmp_path, SAMPLES)
    assert "differs by" in found


@pytest.mark.parametrize("kind", ["int8", "int8_float16", "int16", "float16", "bfloat16"])
def test_quantised_kinds(tiny_bundle, tmp_path, kind):
    bundle = tiny_bundle()
    before = {name: weight.clone() for name, weight in bundle.model.named_parameters()}
    exporter = CTranslate2Export(CTranslate2Options(quantization=kind, beam=1))
    exporter.write(bundle, tmp_path)
    assert f"{kind}" in exporter.verify(bundle, tmp_path, SAMPLES)
    assert read_manifest(tmp_path)["engines"]["ctranslate2"]["quantization"] == kind
    assert all(weight.equal(before[name]) for name, weight in bundle.model.named_parameters())


def test_another_model_is_noticed(tiny_bundle, tmp_path):
    EXACT.write(tiny_bundle(), tmp_path)
    changed = tiny_bundle()
    changed.model.output.weight.data[7] += 1.0
    with pytest.raises(ExportError, match="differs by"):
        EXACT.verify(changed, tmp_path, SAMPLES)


def test_recurrent_models_are_refused(tiny_bundle):
    assert "recurrent" in str(EXACT.refusal(tiny_bundle(kind="recurrent", width=16)))
    assert EXACT.refusal(tiny_bundle()) is None
    assert isinstance(EXACT, EngineExport)


def test_a_slim_bundle_has_no_weights_and_translates(tiny_bundle, tmp_path):
    bundle = tiny_bundle()
    save_bundle(bundle, tmp_path / "whole")
    (tmp_path / "slim").mkdir()
    EXACT.write(bundle, tmp_path / "slim")
    manifest = read_manifest(tmp_path / "slim")
    check_files(tmp_path / "slim", manifest)
    assert engines_of(manifest) == ["ctranslate2"]
    assert not list((tmp_path / "slim").glob("weights*"))
    with pytest.raises(ConfigError, match="no weights for torch"):
        load_bundle(tmp_path / "slim")
    slim, whole = (Translator.load(tmp_path / name, device="cpu", beam=3, protect=False) for name in ("slim", "whole"))
    assert [one.text for one in slim.translate(SAMPLES)] == [one.text for one in whole.translate(SAMPLES)]


def test_an_engine_joins_its_bundle_and_goes_with_new_weights(tiny_bundle, tmp_path):
    bundle = tiny_bundle()
    model, slim = tmp_path / "model", tmp_path / "slim"
    save_bundle(bundle, model)
    for quantization in ("int8", "float32"):
        slim.mkdir(exist_ok=True)
        CTranslate2Export(CTranslate2Options(quantization=quantization)).write(bundle, slim)
        move_engine(slim, "ctranslate2", into=model, bundle=bundle)
        check_files(model, read_manifest(model))
    assert engines_of(read_manifest(model)) == ["ctranslate2", "torch"]
    assert len(list(model.glob("ctranslate2-*"))) == 1, "the engine before it is gone"
    assert load_bundle(model).model.max_length == bundle.model.max_length
    save_bundle(bundle, model)
    assert engines_of(read_manifest(model)) == ["torch"]
    assert not list(model.glob("ctranslate2-*"))


def test_pieces_that_read_alike_keep_their_ids():
    pieces = ["<pad>", "<unk>", "<s>", "</s>", "a", "</s>", "a", "a#6", "a#6#7"]
    told = without_twins(pieces)
    assert len(set(told)) == len(pieces)
    assert told[:5] == pieces[:5]


def test_a_newer_binary_is_told(tiny_bundle, tmp_path):
    from dragoman.base.errors import VersionError
    from dragoman.translator.engines.ctranslate2_engine import CTranslate2Engine
    from dragoman.translator.engines.protocol import Place

    EXACT.write(tiny_bundle(), tmp_path)
    [directory] = tmp_path.glob("ctranslate2-*")
    binary = (directory / "model.bin").read_bytes()
    (directory / "model.bin").write_bytes((99).to_bytes(4, "little") + binary[4:])
    with pytest.raises(VersionError, match="99"):
        CTranslate2Engine(directory, Place("cpu"), quantization="float32", max_length=512)
    vocabulary = json.loads((directory / "shared_vocabulary.json").read_text("utf-8"))
    assert vocabulary[:4] == ["<pad>", "<unk>", "<s>", "</s>"]
