import pytest

from dragoman.metrics import tokenization
from dragoman.metrics.bleu import Bleu
from dragoman.metrics.tokenization import bleu_tokenizer, is_unspaced, primary, splits_ideographs


@pytest.mark.parametrize(
    ("language", "tokenizer"),
    [("de", "13a"), ("zh", "zh"), ("zh-CN", "zh"), ("ZH_hant", "zh"), ("yue", "zh"), ("th", "char"), ("zha", "13a")],
)
def test_the_language_chooses(language, tokenizer):
    assert bleu_tokenizer(language)[0] == tokenizer


@pytest.mark.parametrize("language", ["ja", "ko"])
def test_without_its_analyser_a_language_is_cut_into_characters_and_says_so(language, monkeypatch):
    monkeypatch.setattr(tokenization, "find_spec", lambda name: None)
    assert bleu_tokenizer(language)[0] == "char"
    metric = Bleu(target_language=language)
    assert f"sacrebleu[{language}]" in metric.notes[0]
    assert "tok:char" in metric.signature


def test_with_its_analyser_a_language_uses_it(monkeypatch):
    monkeypatch.setattr(tokenization, "find_spec", lambda name: object())
    assert bleu_tokenizer("ja-JP") == ("ja-mecab", None)
    assert bleu_tokenizer("ko") == ("ko-mecab", None)


def test_unspaced_languages_get_a_note():
    assert "'th'" in str(bleu_tokenizer("th")[1])


def test_primary_subtag():
    assert primary(" pt_BR ") == "pt"


def test_ter_cuts_only_ideographs():
    assert splits_ideographs("ja")
    assert not splits_ideographs("ko")


def test_unspaced_languages_are_known():
    assert [is_unspaced(language) for language in ("zh-TW", "ja", "th", "ko", "de")] == [True, True, True, False, False]
