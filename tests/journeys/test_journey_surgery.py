"""A model made smaller on the real command line: pruned, recovered, resumed; what cannot be is refused clearly."""

import json
from pathlib import Path

import pytest
from safetensors.torch import load_file

RUN = ("--set", "compute.threads=1", "--set", "training.metric=loss", "--set", "batching.max_tokens=512")


def manifest(model: Path) -> dict:
    return json.loads((model / "manifest.json").read_text())


def weights(model: Path) -> dict:
    return load_file(model / manifest(model)["weights"])


def size(model: Path) -> int:
    return sum(file.stat().st_size for file in model.rglob("*") if file.is_file())


def test_a_pruned_model_is_smaller_and_translates(trained, tmp_path, dragoman):
    cut = ("--heads", 0.5, "--units", 0.5, "--data", trained / "train", "--pairs", 50, "--dev", trained / "val")
    made = dragoman("prune", trained / "model", "-o", tmp_path / "small", *cut)
    assert made.code == 0, made.err
    assert "heads of an attention" in made.err
    assert made.err.count("bleu") == 2
    small = manifest(tmp_path / "small")
    assert (
        small["recipe"]["model"] | {"heads": 1, "head_width": 16, "feed_forward_width": 32} == small["recipe"]["model"]
    )
    assert small["history"] == ["prune_heads(keep=1, by=gradient)", "prune_units(keep=32, by=gradient)"]
    assert small["parameters"] < manifest(trained / "model")["parameters"]
    assert weights(tmp_path / "small")["encoder.0.attention.input.weight"].shape == (48, 32)
    said = dragoman("translate", tmp_path / "small", trained / "val.en")
    assert said.code == 0
    assert len(said.out.splitlines()) == 40


def test_recovery_keeps_zeros_and_history_and_is_resumed_exactly(trained, tmp_path, dragoman, stop_after):
    def prune(output: Path):
        cut = ("--units", 0.5, "--weights", 0.5, "--by", "magnitude", "--data", trained / "train")
        steps = ("--recover-steps", 10, *RUN)
        return dragoman("prune", trained / "model", "-o", output, *cut, "--dev", trained / "val", *steps)

    whole = prune(tmp_path / "whole")
    assert whole.code == 0, whole.err
    stop_after(4)
    assert prune(tmp_path / "parts").code == 130
    assert dragoman("train", "--resume", tmp_path / "parts").code == 0
    first, second = weights(tmp_path / "whole"), weights(tmp_path / "parts")
    assert first.keys() == second.keys()
    assert all((first[name] == second[name]).all() for name in first)
    cut = weights(tmp_path / "whole" / "cut")
    for name, matrix in first.items():
        if matrix.dim() > 1:
            assert not matrix[cut[name] == 0].any()
            assert (matrix != cut[name]).any()
    done = ["prune_units(keep=32, by=magnitude)", "sparsify(share=0.5, scope=matrix)", "train(max_steps=10)"]
    assert manifest(tmp_path / "whole")["history"] == manifest(tmp_path / "parts")["history"] == done


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ((), "there is nothing to prune"),
        (("--heads", 1.5), "heads"),
        (("--units", -0.5), "units"),
        (("--heads", 0.9, "--by", "magnitude"), "0 heads cannot be kept of 2"),
        (("--decoder-layers", 0), "decoder_layers"),
        (("--heads", 0.5), "learnt from text"),
        (("--heads", 0.5, "--by", "luck"), "by"),
        (("--weights", 0.5, "--recover-steps", 5), "needs text"),
    ],
    ids=str,
)
def test_cuts_that_cannot_be_made(trained, tmp_path, dragoman, options, complaint):
    refused = dragoman("prune", trained / "model", "-o", tmp_path / "small", *options)
    assert refused.is_clear_error
    assert complaint in refused.err
    assert not (tmp_path / "small").exists()


def test_text_that_is_empty_or_in_other_languages(trained, tmp_path, dragoman):
    (tmp_path / "empty.en").write_text("")
    (tmp_path / "empty.de").write_text("")
    (tmp_path / "french.fr").write_text("Bonjour\n")
    for stem in ("empty", "french"):
        refused = dragoman("prune", trained / "model", "-o", tmp_path / "s", "--heads", 0.5, "--data", tmp_path / stem)
        assert refused.is_clear_error, refused.err
    refused = dragoman("prune", trained / "model", "-o", trained / "model", "--weights", 0.5)
    assert refused.is_clear_error
    assert "the model itself" in refused.err


@pytest.mark.parametrize(("kind", "share"), [("int8", 0.4), ("fp16", 0.6), ("bf16", 0.6)])
def test_a_quantised_model_is_small_and_translates(trained, tmp_path, dragoman, kind, share):
    more = ("--data", trained / "train", "--dev", trained / "val") if kind == "int8" else ()
    made = dragoman("quantize", trained / "model", "-o", tmp_path / "small", "--to", kind, *more)
    assert made.code == 0, made.err
    assert "largest error" in made.err
    assert "all 11 matrices" in made.err
    before, after = (next(model.glob("weights-*")).stat().st_size for model in (trained / "model", tmp_path / "small"))
    assert after < share * before
    assert manifest(tmp_path / "small")["version"] == 2
    assert manifest(tmp_path / "small")["history"][-1].startswith("quantize(")
    said, wanted = (
        dragoman("translate", model, trained / "val.en") for model in (tmp_path / "small", trained / "model")
    )
    assert said.code == 0, said.err
    assert len(said.out.splitlines()) == len(wanted.out.splitlines()) == 40
    again = dragoman("quantize", tmp_path / "small", "-o", tmp_path / "smaller", "--to", "int8")
    assert again.is_clear_error
    assert "quantised already" in again.err


def test_pruning_what_is_quantised_is_refused(trained, tmp_path, dragoman):
    assert dragoman("quantize", trained / "model", "-o", tmp_path / "small").code == 0
    refused = dragoman("prune", tmp_path / "small", "-o", tmp_path / "smaller", "--weights", 0.5)
    assert refused.is_clear_error
    assert "prune first" in refused.err
    trimmed = dragoman("trim-vocabulary", tmp_path / "small", "-o", tmp_path / "trimmed", "--data", trained / "val")
    assert trimmed.code == 0, trimmed.err
    assert manifest(tmp_path / "trimmed")["storage"]["kind"] == "int8"
    assert dragoman("translate", tmp_path / "trimmed", trained / "val.en").code == 0
    wrong = dragoman("quantize", trained / "model", "-o", tmp_path / "other", "--to", "int9")
    assert wrong.is_clear_error
    assert "did you mean 'int8'" in wrong.err


def test_zeros_take_no_room(trained, tmp_path, dragoman):
    assert dragoman("prune", trained / "model", "-o", tmp_path / "small", "--weights", 0.9).code == 0
    before, after = (next(model.glob("weights-*")).stat().st_size for model in (trained / "model", tmp_path / "small"))
    assert after < 0.3 * before
    assert dragoman("quantize", tmp_path / "small", "-o", tmp_path / "smaller").code == 0
    assert next((tmp_path / "smaller").glob("weights-*")).stat().st_size < 0.2 * before
    assert dragoman("translate", tmp_path / "smaller", trained / "val.en").code == 0


def test_a_vocabulary_for_one_domain(trained, tmp_path, dragoman):
    made = dragoman(
        "trim-vocabulary",
        trained / "model",
        "-o",
        tmp_path / "small",
        "--data",
        trained / "val",
        "--dev",
        trained / "val",
    )
    assert made.code == 0, made.err
    assert "pieces of the target" in made.err
    assert manifest(tmp_path / "small")["parameters"] < manifest(trained / "model")["parameters"]
    assert manifest(tmp_path / "small")["history"][0].startswith("trim_vocabulary(source=")
    assert size(tmp_path / "small") < size(trained / "model")
    odd = tmp_path / "odd.en"
    odd.write_text("Ωmega ☃ 漢字!\n", encoding="utf-8")
    assert dragoman("translate", tmp_path / "small", odd).code == 0
    (tmp_path / "empty.en").write_text("")
    (tmp_path / "empty.de").write_text("")
    refused = dragoman("trim-vocabulary", trained / "model", "-o", tmp_path / "none", "--data", tmp_path / "empty")
    assert refused.is_clear_error
    assert not (tmp_path / "none").exists()
