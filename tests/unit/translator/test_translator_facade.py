"""The façade in Python: lists of texts in, translations out."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from dragoman.base.errors import ConfigError, FileAccessError
from dragoman.corpora.records import Record
from dragoman.decoding.config import DecodingConfig
from dragoman.translator.bundle import load_bundle
from dragoman.translator.engines.torch_engine import TorchEngine
from dragoman.translator.translator import Translator

TEXTS = ["Hello world!", "We have two cars.", "Where is my brother?", "The child is eating an apple."]


def test_a_list_of_texts(translator):
    translations = translator.translate(TEXTS)
    assert len(translations) == len(TEXTS)
    assert all(translation.text.strip() for translation in translations)
    assert all(translation.score < 0 for translation in translations)
    assert len({translation.text for translation in translations}) == len(TEXTS)
    assert translator.translate([]) == []
    assert (translator.source_language, translator.target_language) == ("en", "de")
    assert translator.name == "golden-bundle"


def test_one_string_is_not_a_list_of_its_letters(translator):
    with pytest.raises(TypeError, match="give a list"):
        translator.translate("Hello world!")


def test_empty_text(translator):
    for text in ("", " ", "\n\n", "\t", "…"):
        [translation] = translator.translate([text])
        assert translation.text == text
        assert translation.score == 0
        assert translation.alternatives == ((text, 0),)


def test_a_document_keeps_its_lines(translator):
    [one, two] = translator.translate(TEXTS[:2])
    [whole] = translator.translate([f"  {TEXTS[0]}\n\n\t{TEXTS[1]}\r\n"])
    assert whole.text == f"  {one.text}\n\n\t{two.text}\r\n"
    assert whole.score == pytest.approx((one.score + two.score) / 2)


def test_equal_segments_are_decoded_once(translator):
    counts: list[int] = []
    translations = translator.translate([TEXTS[0]] * 5 + ["", TEXTS[1]], done=counts.append)
    assert sum(counts) == 2
    assert len({translation.text for translation in translations[:5]}) == 1


def test_alternatives_best_first(golden):
    translator = Translator.load(golden, device="cpu", beam=4, n_best=4)
    [translation, document] = translator.translate([TEXTS[1], f"{TEXTS[0]}\n{TEXTS[1]}"])
    assert len(translation.alternatives) == 4
    assert translation.alternatives[0] == (translation.text, translation.score)
    scores = [score for _, score in translation.alternatives]
    assert scores == sorted(scores, reverse=True)
    assert len({text for text, _ in translation.alternatives}) == 4
    assert len(document.alternatives) == 4
    assert all(text.count("\n") == 1 for text, _ in document.alternatives)


def test_scores_of_pairs(translator):
    good, bad, long = translator.score(
        [
            Record("We have two cars.", "Wir haben zwei Autos."),
            Record("We have two cars.", "Der Apfel ist rot."),
            Record("We have two cars.", "Auto " * 3000),
        ]
    )
    assert good.log_probability > bad.log_probability
    assert 0 < good.correct <= good.tokens
    assert (long.tokens, long.log_probability) == (0, 0.0)
    assert translator.score([]) == []


def test_a_score_does_not_depend_on_its_neighbours(translator):
    records = [Record(text, "Wir haben zwei Autos.") for text in TEXTS]
    together = translator.score(records)
    alone = [translator.score([record])[0] for record in records]
    assert [one.log_probability for one in together] == pytest.approx([one.log_probability for one in alone], abs=1e-4)


def test_threads_share_a_translator(translator):
    expected = [translation.text for translation in translator.translate(TEXTS)]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: [one.text for one in translator.translate(TEXTS)], range(8)))
    assert results == [expected] * 8


def test_beam_one_is_greedy(golden):
    greedy = Translator.load(golden, device="cpu", beam=1)
    assert all(len(one.alternatives) == 1 for one in greedy.translate(TEXTS))


def test_unusable_options(golden, tmp_path):
    with pytest.raises(ConfigError, match="did you mean 'beam'"):
        Translator.load(golden, beem=3)
    with pytest.raises(ConfigError, match="given: 0"):
        Translator.load(golden, beam=0)
    with pytest.raises(ConfigError, match="no 'abacus' device"):
        Translator.load(golden, device="abacus")
    with pytest.raises(FileAccessError, match="is not a bundle"):
        Translator.load(tmp_path)


def test_a_translator_of_a_bundle_in_memory(golden):
    bundle = load_bundle(golden)
    engine = TorchEngine(bundle.model)
    translator = Translator(bundle.task, engine, decoding=DecodingConfig(beam=2), name="mine")
    assert translator.name == "mine"
    assert translator.translate(TEXTS[:1])[0].text
