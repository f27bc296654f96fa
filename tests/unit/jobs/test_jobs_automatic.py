"""What training without a recipe chooses."""

import pytest

from dragoman.base.errors import ConfigError, EmptyCorpusError
from dragoman.jobs.automatic import choose


def corpus(folder, pairs, source="the house number", target="das Haus Nummer"):
    path = folder / "corpus.tsv"
    path.write_text("".join(f"{source} {number}\t{target} {number}\n" for number in range(pairs)), encoding="utf-8")
    return str(path)


@pytest.fixture
def told(monkeypatch):
    lines = []
    monkeypatch.setattr("dragoman.jobs.automatic.say", lines.append)
    return lines


def test_more_text_more_model(tmp_path, told):
    small = choose(corpus(tmp_path, 1000), source="en", target="de")
    larger = choose(corpus(tmp_path, 70_000), source="en", target="de")
    assert larger.model.width > small.model.width
    assert larger.model.dropout < small.model.dropout
    assert larger.training.max_steps > small.training.max_steps


def test_every_choice_is_told_with_its_reason(tmp_path, told):
    recipe = choose(corpus(tmp_path, 1000), source="en", target="de")
    text = "\n".join(told)
    assert "1,000 pairs" in told[0]
    assert f"width {recipe.model.width}" in text
    assert f"{recipe.model.dropout}: the less text, the more" in text
    assert f"{recipe.training.max_steps:,} steps" in text
    assert f"warm-up {recipe.schedule.warmup_steps:,}" in text
    assert "chrf" in text
    assert "vocabulary" in text


def test_settings_lie_over_the_choice_and_are_told(tmp_path, told):
    settings = ["model.width=64", "training.max_steps=4", "tokenizer.vocabulary_size=300", "corpus.clean=false"]
    recipe = choose(corpus(tmp_path, 1000), source="en", target="de", settings=settings)
    assert recipe.model.width == 64
    text = "\n".join(told)
    assert "width 64" in text
    assert "up to 4 steps" in text
    assert "cleaning" not in text
    assert "vocabulary" not in text
    with pytest.raises(ConfigError, match="did you mean 'width'"):
        choose(corpus(tmp_path, 100), source="en", target="de", settings=["model.widt=64"])


def test_another_architecture_may_be_asked_for(tmp_path, told):
    recipe = choose(corpus(tmp_path, 100), source="en", target="de", settings=["model.kind=recurrent"])
    assert recipe.model.kind == "recurrent"


def test_a_chinese_side_is_measured_in_its_own_way(tmp_path, told):
    """The same amount of text, whichever way it goes; a Chinese character says more than a letter."""
    english, chinese = "this is a rather long sentence of forty", "这是一个相当长的句子"
    forth = choose(corpus(tmp_path, 60_000, english, chinese), source="en", target="zh-Hans")
    back = choose(corpus(tmp_path, 60_000, chinese, english), source="zh-Hans", target="en")
    assert forth.training.max_steps == back.training.max_steps
    all_english = choose(corpus(tmp_path, 60_000, english, english), source="en", target="de")
    assert forth.training.max_steps == pytest.approx(all_english.training.max_steps, rel=0.05)


def test_nothing_to_measure(tmp_path):
    with pytest.raises(EmptyCorpusError):
        choose(corpus(tmp_path, 0), source="en", target="de")


def test_words_are_cut_anew_for_small_corpora_with_pieces_only(tmp_path, told):
    location = corpus(tmp_path, 1000)
    assert choose(location, source="en", target="de").task.subword_sampling > 0
    assert "cut anew" in "\n".join(told)
    assert choose(location, source="en", target="de", settings=["tokenizer.kind=words"]).task.subword_sampling == 0
    assert choose(corpus(tmp_path, 70_000), source="en", target="de").task.subword_sampling == 0
