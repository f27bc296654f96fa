"""From plain text to a model to begin with, and on to a translator: on the real command line, resumable exactly."""

import json
from pathlib import Path

import pytest
from safetensors.torch import load_file

SMALL = ["model.width=32", "model.feed_forward_width=64", "model.heads=2", "model.encoder_layers=1"]
QUICK = ["model.decoder_layers=1", "tokenizer.vocabulary_size=400", "schedule.warmup_steps=2", "compute.threads=1"]
RUN = ["compute.device=cpu", "training.moving_average=0.9", "batching.max_tokens=512", "training.validation_limit=8"]


def settings(*own: str) -> list[str]:
    return [word for one in (*RUN, *own) for word in ("--set", one)]


def weights(model: Path) -> dict:
    [path] = model.glob("weights-*.safetensors")
    return load_file(path)


@pytest.fixture
def pretrained(corpus: Path, tmp_path: Path, dragoman) -> Path:
    steps = ["training.max_steps=6", "training.validate_every=3"]
    made = dragoman(
        "pretrain", corpus / "train.en", corpus / "train.de", "-o", tmp_path / "pre", *settings(*SMALL, *QUICK, *steps)
    )
    assert made.code == 0, made.err
    assert "520 lines of en and de" in made.err
    assert "--init-from" in made.err
    return tmp_path / "pre"


def test_pretrain_then_translate_then_resume(pretrained, corpus, tmp_path, dragoman, stop_after):
    refused = dragoman("translate", pretrained, corpus / "val.en")
    assert refused.is_clear_error
    assert "only pre-trained" in refused.err
    assert "--init-from" in refused.err

    def train(output: Path):
        begin = ("train", corpus / "train", "--source", "en", "--target", "de", "--init-from", pretrained)
        steps = ["training.max_steps=6", "training.validate_every=6", "model.encoder_layers=2", "training.metric=loss"]
        return dragoman(*begin, "-o", output, *settings(*steps, "compute.threads=1", "corpus.clean=false"))

    whole = train(tmp_path / "whole")
    assert whole.code == 0, whole.err
    assert "encoder.1" in whole.err
    assert "not in the other model" in whole.err
    taken = json.loads((tmp_path / "whole/training/taken-over.json").read_text())
    assert {row["layer"] for row in taken["layers"] if not row["taken"]} == {"encoder.1"}
    stop_after(4)
    assert train(tmp_path / "parts").code == 130
    assert dragoman("train", "--resume", tmp_path / "parts").code == 0
    first, second = weights(tmp_path / "whole"), weights(tmp_path / "parts")
    assert all((first[name] == second[name]).all() for name in first)
    assert first.keys() == second.keys()
    said = dragoman("translate", tmp_path / "whole", corpus / "val.en")
    assert said.code == 0
    assert len(said.out.splitlines()) == 40


def test_a_masked_model_resumes_exactly_and_gives_its_encoder(corpus, tmp_path, dragoman, stop_after):
    steps = ["training.max_steps=6", "training.validate_every=3", "objective.mean_span=2", "objective.whole_words=true"]

    def pretrain(output: Path):
        texts = (corpus / "train.en", corpus / "train.de", "--objective", "masked")
        return dragoman("pretrain", *texts, "-o", output, *settings(*SMALL, *QUICK, *steps))

    assert pretrain(tmp_path / "whole").code == 0
    stop_after(4)
    assert pretrain(tmp_path / "parts").code == 130
    assert dragoman("train", "--resume", tmp_path / "parts").code == 0
    first, second = weights(tmp_path / "whole"), weights(tmp_path / "parts")
    assert all((first[name] == second[name]).all() for name in first)
    recipe = (corpus / "tiny.toml", "--set", "training.max_steps=1", "--set", "training.validate_every=1")
    made = dragoman("train", *recipe, "--init-from", tmp_path / "whole", "-o", tmp_path / "model")
    assert made.code == 0, made.err
    taken = json.loads((tmp_path / "model/training/taken-over.json").read_text())
    assert {row["layer"] for row in taken["layers"] if row["taken"]} == {
        "source_embedding",
        "encoder.0",
        "encoder_norm",
    }


@pytest.mark.parametrize(("text", "message"), [(None, "there is no text at"), ("\n\n", "holds no text")])
def test_text_that_cannot_be_learnt_from(text, message, tmp_path, dragoman):
    if text is not None:
        (tmp_path / "mono.de").write_text(text)
    told = dragoman("pretrain", tmp_path / "mono.de", "-o", tmp_path / "pre")
    assert told.is_clear_error, told.err
    assert message in told.err
    assert not (tmp_path / "pre").exists()


def test_a_file_whose_name_tells_no_language(tmp_path, dragoman):
    told = dragoman("pretrain", tmp_path / "news", "-o", tmp_path / "pre")
    assert told.is_clear_error
    assert "--language" in told.err


def test_text_in_another_language_is_told(corpus, tmp_path, dragoman):
    (tmp_path / "mono.en").write_bytes((corpus / "train.de").read_bytes())
    steps = ["training.max_steps=1", "training.validate_every=1"]
    told = dragoman("pretrain", tmp_path / "mono.en", "-o", tmp_path / "pre", *settings(*SMALL, *QUICK, *steps))
    assert told.code == 0, told.err
    assert "do not look like 'en'" in told.err
    assert "look like 'de'" in told.err
