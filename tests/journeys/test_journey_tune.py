"""What one can ask of a search wrongly: each gets one clear message."""

import sys

import pytest

pytest.importorskip("optuna")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--vary", "schedule.peek=1..2"), "did you mean 'peak'"),
        (("--vary", "shedule.peak=1..2"), "did you mean [schedule]"),
        (("--vary", "model.dropout=0.5..0.1"), "low 0.5 is above high 0.1"),
        (("--vary", "model.dropout=0.1..0.1"), "nothing to vary"),
        (("--vary", "model.dropout=0..1.5"), "model.dropout cannot be 1.5"),
        (("--vary", "model.width=16.5..32.5"), "is a whole number"),
        (("--vary", "model.norm=1..2"), "is not a number"),
        (("--vary", "model.norm=layer,lair"), "cannot be 'lair'"),
        (("--vary", "model.kind=transformer,recurrent"), "each kind has keys of its own"),
        (("--vary", "corpus.clean=true,false"), "trials are compared on the same text"),
        (("--vary", "training.max_steps=1..2"), "use --steps"),
        (("--vary", "tokenizer.vocabulary_size=300,400"), "losses per id of different vocabularies"),
        (("--vary", "model.width=16,32", "--vary", "model.width+heads=2,4"), "model.width is varied twice"),
        (("--vary", "model.width"), "has no '='"),
        (("--trials", "0"), "--trials 0 is not above 0"),
        (("--budget-minutes", "-1"), "--budget-minutes -1.0 is not above 0"),
        (("--pruner", "axe"), "unknown pruner 'axe'"),
        (("--storage", "postgresql://nobody@127.0.0.1:9/none"), "cannot be used"),
        (("--space", "no.toml"), "no.toml"),
    ],
)
def test_bad_input(arguments, words, corpus, tmp_path, dragoman):
    wrong = dragoman("tune", corpus / "tiny.toml", "-o", tmp_path / "study", *arguments)
    assert wrong.is_clear_error, wrong.err
    assert words in wrong.err
    assert not (tmp_path / "study" / "best.toml").exists()


def test_resume_wants_a_study_and_nothing_else(tmp_path, dragoman, corpus):
    assert "there is no study in" in dragoman("tune", "--resume", tmp_path).err
    both = dragoman("tune", corpus / "tiny.toml", "--resume", tmp_path)
    assert both.is_clear_error
    assert "recipe cannot be given with --resume" in both.err
    assert dragoman("tune").is_clear_error


def test_without_optuna_the_command_to_install_it_is_said(corpus, tmp_path, dragoman, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    missing = dragoman("tune", corpus / "tiny.toml", "-o", tmp_path / "study")
    assert missing.is_clear_error
    assert "pip install 'dragoman[tune]'" in missing.err
    assert not (tmp_path / "study").exists()
