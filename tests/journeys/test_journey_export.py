"""A model leaves the house on the command line: in another form, checked, or refused with the reason."""

import json

import pytest


def test_plain_weights(dragoman, trained, tmp_path):
    out = tmp_path / "plain"
    outcome = dragoman("export", trained / "model", "--to", "safetensors", "-o", out)
    assert outcome.code == 0, outcome.err
    assert outcome.out == ""
    assert "bit for bit" in outcome.err
    assert json.loads((out / "export.json").read_text("utf-8"))["form"] == "safetensors"


def test_transformers_loads_it_and_says_the_same(dragoman, trained, tmp_path):
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    from dragoman.interop.huggingface.quiet import quietly

    out = tmp_path / "hf"
    outcome = dragoman("export", trained / "model", "--to", "huggingface", "-o", out)
    assert outcome.code == 0, outcome.err
    assert "greedy and beam search say the same" in outcome.err
    assert len(outcome.err.splitlines()) == 1, "nothing else is said, by transformers either"
    (tmp_path / "text").write_text("The house is red.\n", "utf-8")
    own = dragoman("translate", trained / "model", tmp_path / "text", "--no-protect")
    with quietly():
        tokenizer, model = AutoTokenizer.from_pretrained(out), AutoModelForSeq2SeqLM.from_pretrained(out)
        said = model.generate(**tokenizer(["The house is red."], return_tensors="pt"), max_new_tokens=12)
    assert tokenizer.decode(said[0], skip_special_tokens=True) == own.out.strip()


def test_what_transformers_lacks_is_refused_with_the_reason(dragoman, corpus, tmp_path):
    made = dragoman(
        "train", corpus / "tiny.toml", "-o", tmp_path / "model",
        "--set", "model.positions=rotary", "--set", "training.max_steps=1", "--set", "training.validate_every=1",
    )  # fmt: skip
    assert made.code == 0, made.err
    outcome = dragoman("export", tmp_path / "model", "--to", "huggingface", "-o", tmp_path / "hf")
    assert outcome.is_clear_error
    assert "its positions are rotary" in outcome.err
    assert not (tmp_path / "hf").exists()


def test_what_is_there_is_replaced_only_if_it_is_an_export_and_force_is_given(dragoman, trained, tmp_path):
    out = tmp_path / "plain"
    out.mkdir()  # an empty directory is in nobody's way
    assert dragoman("export", trained / "model", "--to", "safetensors", "-o", out).code == 0
    again = dragoman("export", trained / "model", "--to", "safetensors", "-o", out)
    assert again.is_clear_error
    assert "--force" in again.err
    assert dragoman("export", trained / "model", "--to", "safetensors", "-o", out, "--force").code == 0
    own = tmp_path / "thesis"
    own.mkdir()
    (own / "chapter.txt").write_text("years of work")
    refused = dragoman("export", trained / "model", "--to", "safetensors", "-o", own, "--force")
    assert refused.is_clear_error
    assert (own / "chapter.txt").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--to", "safetensor"), "did you mean 'safetensors'"),
        (("--to", "safetensors", "--set", "bits=8"), "bits: unknown key"),
    ],
)
def test_a_wrong_wish_is_named(dragoman, trained, tmp_path, arguments, says):
    outcome = dragoman("export", trained / "model", *arguments, "-o", tmp_path / "out")
    assert outcome.is_clear_error
    assert says in outcome.err
    assert not (tmp_path / "out").exists()


def test_no_bundle(dragoman, tmp_path):
    outcome = dragoman("export", tmp_path, "--to", "safetensors", "-o", tmp_path / "out")
    assert outcome.is_clear_error
    assert "not a bundle" in outcome.err


def test_a_missing_package_is_told_with_its_extra(dragoman, trained, tmp_path, monkeypatch):
    from dragoman.interop.plain import PlainExport

    monkeypatch.setattr(PlainExport, "needs", ("a_package_nobody_has",))
    monkeypatch.setattr(PlainExport, "extra", "rare")
    outcome = dragoman("export", trained / "model", "--to", "safetensors", "-o", tmp_path / "out")
    assert outcome.is_clear_error
    assert "dragoman[rare]" in outcome.err
