"""What the façade relies on, for every engine of the catalogue, with models of several architectures.

A new engine falls under all of it by its line in ENGINES and an export that writes what it reads. An architecture that
its export refuses is skipped.
"""

import math

import pytest
import torch

from dragoman.base.errors import ConfigError
from dragoman.base.symbols import BOS, EOS, PAD, UNK
from dragoman.batching.example import Example
from dragoman.corpora import phrasebook
from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.hypothesis import Sentence
from dragoman.interop import EXPORTS
from dragoman.jobs.recipe import make_recipe
from dragoman.tasks.translation import TranslationTask
from dragoman.tokenizers import TOKENIZERS
from dragoman.translator.bundle import Bundle, build_model, save_bundle
from dragoman.translator.engines import ENGINES, open_engine
from dragoman.translator.engines.protocol import Engine, Place
from dragoman.translator.manifest import read_manifest

SMALL = {"width": 16, "heads": 2, "feed_forward_width": 24, "encoder_layers": 1, "decoder_layers": 2, "max_length": 64}
MODELS = {
    "transformer": {"kind": "transformer", **SMALL},
    "modern": {"kind": "transformer", **SMALL, "norm": "rms", "activation": "swiglu", "positions": "rotary"},
    "gru": {"kind": "recurrent", "cell": "gru", "width": 16, "embedding_width": 16},
    "lstm": {"kind": "recurrent", "attention": "none", "width": 16, "embedding_width": 16, "layers": 2},
}
CONFIG = DecodingConfig(beam=3, n_best=3, max_length_ratio=1.0, max_length_offset=4)


def make_bundle(model):
    """A bundle that has learnt, more or less, to repeat what it reads."""
    tokenizer_type = TOKENIZERS.load("characters")
    texts = [record.source.lower() for record in phrasebook.records("validation")[:200]]
    tokenizer = tokenizer_type.train(texts, tokenizer_type.config_type())
    values = {
        "corpus": {"train": "nowhere"},
        "task": {"source": "en", "target": "de", "joint_vocabulary": True},
        "tokenizer": {"kind": "characters"},
        "model": {**model, "tie_embeddings": "all", "dropout": 0.0},
    }
    recipe = make_recipe(values, place="test").values()
    torch.manual_seed(5)
    made = build_model(recipe["model"], source_vocabulary=len(tokenizer), target_vocabulary=len(tokenizer))
    optimizer = torch.optim.Adam(made.parameters(), lr=0.01)
    for _ in range(60):
        words = torch.randint(EOS + 1, len(tokenizer), (16, 6))
        source = torch.cat((words, torch.full((16, 1), EOS)), dim=1)
        features = made(source, source != PAD, torch.cat((torch.full((16, 1), BOS), words), dim=1))
        torch.nn.functional.cross_entropy(made.output(features).flatten(0, 1), source.flatten()).backward()
        optimizer.step()
        optimizer.zero_grad()
    return Bundle(TranslationTask("en", "de", tokenizer, tokenizer), made.eval(), recipe)


def written(name, bundle, path):
    """The directory with what the engine ``name`` reads."""
    if name == "torch":
        save_bundle(bundle, path)
        return path
    kind = next(kind for kind in map(EXPORTS.load, EXPORTS.names()) if getattr(kind, "engine", None) == name)
    for package in kind.needs:
        pytest.importorskip(package)
    exporter = kind(kind.config_type())
    if reason := exporter.refusal(bundle):
        pytest.skip(f"{name} cannot hold it: {reason}")
    path.mkdir()
    exporter.write(bundle, path)
    return path


@pytest.fixture(scope="module")
def bundles():
    return {name: make_bundle(model) for name, model in MODELS.items()}


@pytest.fixture(scope="module", params=ENGINES.names())
def engine_name(request):
    return request.param


@pytest.fixture(scope="module", params=MODELS)
def model_name(request):
    return request.param


@pytest.fixture(scope="module")
def engine(engine_name, model_name, bundles, tmp_path_factory):
    bundle = bundles[model_name]
    path = written(engine_name, bundle, tmp_path_factory.mktemp("engine") / "model")
    return open_engine(path, read_manifest(path), bundle.task, Place("cpu", 1), engine=engine_name)


@pytest.fixture(scope="module")
def sentences(bundles):
    """Of all lengths, equal ones among them."""
    vocabulary = len(bundles["gru"].task.source_tokenizer)
    torch.manual_seed(1)
    lengths = [1, 12, 3, 7, 2, 30, 5, 5, 9, 1, 16, 4]
    return [Sentence((*torch.randint(EOS + 1, vocabulary, (length,)).tolist(), EOS)) for length in lengths]


def same(found, expected):
    """The same hypotheses, with scores that differ by rounding only."""
    assert [one.ids for one in found] == [one.ids for one in expected]
    assert [one.score for one in found] == pytest.approx([one.score for one in expected], abs=1e-4)


def test_it_follows_the_protocol(engine):
    assert isinstance(engine, Engine)
    assert engine.max_length is None or engine.max_length == SMALL["max_length"]


def test_nothing_in_nothing_out(engine):
    assert engine.decode([], CONFIG) == []
    assert engine.score([]) == []


def test_one_in_one_out_and_all_are_counted(engine, sentences):
    counts = []
    found = engine.decode(sentences, CONFIG, done=counts.append)
    assert len(found) == len(sentences) == sum(counts)


def test_a_sentence_gets_the_same_in_any_company_and_order(engine, sentences):
    together = engine.decode(sentences, CONFIG)
    backwards = engine.decode(sentences[::-1], CONFIG)[::-1]
    for place, sentence in enumerate(sentences):
        same(engine.decode([sentence], CONFIG)[0], together[place])
        same(backwards[place], together[place])


@pytest.mark.parametrize("penalty", ["none", "average", "gnmt"])
def test_hypotheses_differ_and_come_best_first(engine, sentences, penalty):
    config = CONFIG.model_copy(update={"length_penalty": penalty})
    for hypotheses in engine.decode(sentences, config):
        assert 1 <= len(hypotheses) <= 3
        scores = [one.score for one in hypotheses if one.ended]
        assert scores == sorted(scores, reverse=True)
        assert len({tuple(one.ids) for one in hypotheses}) == len(hypotheses)


def test_what_is_no_text_is_never_said_and_something_always(engine, sentences):
    for hypotheses in engine.decode(sentences, CONFIG):
        for one in hypotheses:
            assert one.ids
            assert not {PAD, UNK, BOS, EOS} & set(one.ids)


@pytest.mark.parametrize("offset", [0, 2])
def test_the_longest_length_holds_and_a_cut_is_told(engine, sentences, offset):
    config = DecodingConfig(beam=2, max_length_ratio=0.5, max_length_offset=offset)
    for sentence, (best, *_) in zip(sentences, engine.decode(sentences, config), strict=True):
        limit = config.longest_target(len(sentence.ids), engine.max_length)
        assert len(best.ids) + best.ended <= limit
        assert best.ended or len(best.ids) == limit


@pytest.mark.parametrize("beam", [1, 4])
def test_it_finds_what_torch_finds(engine, engine_name, model_name, bundles, sentences, beam, tmp_path_factory):
    if engine_name == "ctranslate2":
        pytest.skip(
            "exported in int8, and it leaves out what may not be said before the softmax: its own tests compare"
        )
    bundle = bundles[model_name]
    path = written("torch", bundle, tmp_path_factory.mktemp("torch"))
    reference = open_engine(path, read_manifest(path), bundle.task, Place("cpu", 1), engine="torch")
    config = DecodingConfig(beam=beam, max_length_offset=4)
    for found, expected in zip(engine.decode(sentences, config), reference.decode(sentences, config), strict=True):
        assert found[0].ids == expected[0].ids
        assert found[0].score == pytest.approx(expected[0].score, abs=1e-4)


def test_no_repeated_ngram(engine, sentences):
    config = DecodingConfig(beam=2, no_repeated_ngram=2, max_length_ratio=1.0, max_length_offset=10)
    for best, *_ in engine.decode(sentences, config):
        pairs = list(zip(best.ids, best.ids[1:], strict=False))
        assert len(pairs) == len(set(pairs))


def test_scores_are_those_of_the_search(engine, sentences):
    found = [hypotheses[0] for hypotheses in engine.decode(sentences, CONFIG)]
    pairs = [(sentence, one) for sentence, one in zip(sentences, found, strict=True) if one.ended]
    assert len(pairs) > len(sentences) / 2
    scores = engine.score([Example(list(sentence.ids), [*one.ids, EOS]) for sentence, one in pairs])
    for score, (_, one) in zip(scores, pairs, strict=True):
        assert score.tokens == len(one.ids) + 1
        assert score.log_probability == pytest.approx(one.log_probability, abs=0.1 * score.tokens)
        assert score.correct is None or 0 <= score.correct <= score.tokens
        assert math.isfinite(score.log_probability)


SETTINGS = [{"method": "sampling"}, {"stop": "exact"}, {"alignments": True}, {"max_repeats": 2}]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: next(iter(setting)))
def test_what_it_cannot_do_is_refused_beforehand(engine, sentences, setting):
    config = DecodingConfig(**setting, max_length_ratio=1.0, max_length_offset=4)
    if error := refused(lambda: engine.check(config)):
        assert error.hint
    else:
        assert all(engine.decode(sentences[:3], config))


def test_a_wish_is_fulfilled_or_refused(engine, sentences):
    begun = (EOS + 2, EOS + 3)
    wished = Sentence(sentences[1].ids, prefix=begun)
    if error := refused(lambda: engine.decode([wished], CONFIG)):
        assert error.hint
    else:
        assert all(tuple(one.ids[:2]) == begun for one in engine.decode([wished], CONFIG)[0])


def refused(action):
    """The error with which an engine refuses something, or None."""
    try:
        action()
    except ConfigError as error:
        return error
    return None
