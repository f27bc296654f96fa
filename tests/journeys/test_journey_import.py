"""A model of OPUS-MT's kind comes in by the command line, translates, learns on, and can be served again."""

import json


def test_imported_translated_tuned_and_translated_again(dragoman, opus_model, corpus, tmp_path):
    text = tmp_path / "text"
    text.write_text("Hello!\n\nThe house is red.\n", "utf-8")
    came = dragoman("import-model", opus_model(), "-o", tmp_path / "model")
    assert came.code == 0, came.err
    assert came.out == ""
    assert "from en to de; 34 texts cut alike; logits of" in came.err
    first = dragoman("translate", tmp_path / "model", text, "--beam", "2")
    assert first.code == 0, first.err
    assert len(first.out.splitlines()) == 3
    tuned = dragoman(
        "train", corpus / "train", "--source", "en", "--target", "de", "-o", tmp_path / "tuned",
        "--set", f"training.start_from={tmp_path / 'model'}", "--set", "training.max_steps=4",
        "--set", "training.validate_every=2", "--set", f"corpus.validation={corpus / 'val'}",
        "--set", "training.validation_limit=2", "--set", "training.metric=loss", "--set", "compute.threads=1",
    )  # fmt: skip
    assert tuned.code == 0, tuned.err
    manifest = json.loads((tmp_path / "tuned/manifest.json").read_text("utf-8"))
    assert manifest["recipe"]["tokenizer"] == {"kind": "marian"}
    assert manifest["recipe"]["model"]["output_bias"] is True
    again = dragoman("translate", tmp_path / "tuned", text, "--beam", "2")
    assert again.code == 0, again.err
    out = dragoman("export", tmp_path / "tuned", "--to", "huggingface", "-o", tmp_path / "hf")
    assert out.code == 0, out.err


def test_languages_can_be_given_and_must_be(dragoman, opus_model, tmp_path):
    path = opus_model("some-model")
    (path / "tokenizer_config.json").unlink()
    silent = dragoman("import-model", path, "-o", tmp_path / "model")
    assert silent.is_clear_error
    assert "--source en --target de" in silent.err
    given = dragoman("import-model", path, "--source", "fi", "--target", "sv", "-o", tmp_path / "model")
    assert given.code == 0, given.err
    assert json.loads((tmp_path / "model/manifest.json").read_text("utf-8"))["languages"]["source"] == "fi"


def test_what_cannot_be_imported_is_said_and_nothing_is_left(dragoman, opus_model, tmp_path):
    path = opus_model()
    taken = dragoman("import-model", path, "-o", path)
    assert taken.is_clear_error
    assert "already there" in taken.err
    (path / "config.json").write_text('{"model_type": "t5"}', "utf-8")
    other = dragoman("import-model", path, "-o", tmp_path / "model")
    assert other.is_clear_error
    assert "architecture 't5'" in other.err
    nothing = dragoman("import-model", tmp_path / "nowhere", "-o", tmp_path / "model")
    assert nothing.is_clear_error
    assert not (tmp_path / "model").exists()
