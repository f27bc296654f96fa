"""CTranslate2 finds what torch finds, whatever is asked of the search, and whatever else is in the batch."""

import random
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from operator import eq

import pytest

from dragoman.base.errors import ConfigError, MissingExtraError, UnknownNameError
from dragoman.base.symbols import BOS, EOS, PAD, UNK
from dragoman.batching.example import Example
from dragoman.decoding.config import DecodingConfig
from dragoman.decoding.hypothesis import Sentence
from dragoman.interop.ctranslate2.exporter import CTranslate2Export, CTranslate2Options
from dragoman.interop.engine_bundle import move_engine
from dragoman.jobs.exchange.export import require
from dragoman.tokenizers.spelling import open_with
from dragoman.translator.bundle import load_bundle
from dragoman.translator.engines.ctranslate2_engine import CTranslate2Engine
from dragoman.translator.engines.protocol import Engine, Place
from dragoman.translator.engines.torch_engine import TorchEngine
from dragoman.translator.manifest import read_manifest
from dragoman.translator.translator import Translator

SEARCHES = [
    {"beam": 1},
    {"beam": 4, "n_best": 4},
    {"beam": 3, "length_penalty": "none"},
    {"beam": 3, "n_best": 3, "length_penalty": "none"},
    {"beam": 4, "n_best": 2, "length_penalty": "average", "length_penalty_alpha": 0.4},
    {"beam": 4, "length_penalty": "gnmt", "length_penalty_alpha": 0.8},
    {"beam": 4, "no_repeated_ngram": 2},
    {"beam": 4, "max_length_ratio": 0.4, "max_length_offset": 1},
]


@pytest.fixture(scope="module")
def bundle(golden):
    return load_bundle(golden)


@pytest.fixture(scope="module")
def exported(bundle, tmp_path_factory):
    path = tmp_path_factory.mktemp("exported")
    CTranslate2Export(CTranslate2Options(quantization="float32")).write(bundle, path)
    return path


@pytest.fixture(scope="module")
def engine(exported, bundle):
    return opened(exported, bundle)


def opened(path, bundle, **options):
    [directory] = path.glob("ctranslate2-*")
    return CTranslate2Engine(
        directory, Place("cpu", 2), quantization="float32", max_length=bundle.model.max_length, **options
    )


def sentences(bundle, count=40):
    """Ids drawn at random: harder to search than language, as little is certain."""
    numbers, size = random.Random(3), len(bundle.task.source_tokenizer)
    return [Sentence((*numbers.choices(range(4, size), k=numbers.randrange(1, 14)), EOS)) for _ in range(count)]


@pytest.mark.parametrize("search", SEARCHES, ids=str)
def test_the_same_hypotheses_as_torch(bundle, engine, search):
    config = DecodingConfig(**search)
    sources = sentences(bundle)
    counts: list[int] = []
    found = engine.decode(sources, config, done=counts.append)
    equal = 0
    for source, ours, theirs in zip(sources, TorchEngine(bundle.model).decode(sources, config), found, strict=True):
        assert len(theirs) == len(ours)
        limit = config.longest_target(len(source.ids), bundle.model.max_length)
        for one in theirs:
            assert one.ids
            assert not {PAD, UNK, BOS, EOS} & set(one.ids)
            assert len(one.ids) + one.ended <= limit
        scores = [one.score for one in theirs if one.ended]
        assert scores == sorted(scores, reverse=True)
        equal += [one.ids for one in ours] == [one.ids for one in theirs]
        if ours[0].ids == theirs[0].ids:
            assert theirs[0].ended == ours[0].ended
            assert theirs[0].log_probability == pytest.approx(ours[0].log_probability, abs=0.1)
            assert theirs[0].score == pytest.approx(ours[0].score, abs=0.1)
    assert equal >= 0.9 * len(sources)
    assert sum(counts) == len(sources)


def test_nothing_becomes_nothing(engine):
    [[nothing], [something]] = engine.decode([Sentence((EOS,)), Sentence((9, EOS))], DecodingConfig(beam=2))
    assert (nothing.ids, nothing.ended) == ([], True)
    assert something.ids


def test_scores_of_pairs_are_those_of_torch(bundle, engine):
    pairs = [
        Example([*one.ids], [*other.ids]) for one, other in zip(sentences(bundle), sentences(bundle)[::-1], strict=True)
    ]
    for ours, theirs in zip(TorchEngine(bundle.model).score(pairs), engine.score(pairs), strict=True):
        assert theirs.log_probability == pytest.approx(ours.log_probability, rel=1e-4)
        assert theirs.tokens == ours.tokens
        assert theirs.correct is None


def test_the_batch_does_not_matter(bundle, exported, engine):
    sources = sentences(bundle, 60)
    config = DecodingConfig(beam=3)
    alone = [engine.decode([source], config)[0][0].ids for source in sources]
    for budget in (1, 200, 100_000):
        together = opened(exported, bundle, max_tokens=budget).decode(sources, config)
        assert [one[0].ids for one in together] == alone


def wishing(bundle, **wishes):
    """The sentences, each with wishes of its own: functions of what torch says to it first, without any."""
    plain = sentences(bundle)
    said = [one[0].ids for one in TorchEngine(bundle.model).decode(plain, DecodingConfig(beam=3))]
    return [
        replace(one, **{name: wish(ids) for name, wish in wishes.items()}) for one, ids in zip(plain, said, strict=True)
    ]


def same_as_torch(bundle, engine, sources, config):
    """How many sentences get the same best hypothesis, with the same score."""
    equal = 0
    for ours, theirs in zip(
        TorchEngine(bundle.model).decode(sources, config), engine.decode(sources, config), strict=True
    ):
        if ours[0].ids == theirs[0].ids:
            equal += 1
            assert theirs[0].ended == ours[0].ended
            assert theirs[0].log_probability == pytest.approx(ours[0].log_probability, abs=1e-3)
            assert theirs[0].score == pytest.approx(ours[0].score, abs=1e-3)
        assert [one.score for one in theirs] == sorted((one.score for one in theirs), reverse=True)
    return equal


WIDTHS = [{"beam": 1}, {"beam": 4, "n_best": 3}, {"beam": 3, "length_penalty": "none"}]


@pytest.mark.parametrize("search", WIDTHS, ids=str)
@pytest.mark.parametrize("length", [1, 3])
def test_a_beginning_is_followed_as_torch_does(bundle, engine, search, length):
    sources = wishing(bundle, prefix=lambda ids: tuple(reversed(ids[:length])))
    config = DecodingConfig(**search)
    for source, hypotheses in zip(sources, engine.decode(sources, config), strict=True):
        assert all(tuple(one.ids[: len(source.prefix)]) == source.prefix for one in hypotheses)
    assert same_as_torch(bundle, engine, sources, config) >= 0.9 * len(sources)


@pytest.mark.parametrize("search", WIDTHS, ids=str)
def test_what_is_excluded_is_not_said_and_all_else_is_as_with_torch(bundle, engine, search):
    sources = wishing(bundle, exclude=lambda ids: (tuple(ids[:1]), tuple(ids[1:3])) if len(ids) > 2 else ())
    config = DecodingConfig(**search)
    for source, hypotheses in zip(sources, engine.decode(sources, config), strict=True):
        for one in hypotheses:
            spoken = [tuple(one.ids[at:end]) for end in range(len(one.ids) + 1) for at in range(end)]
            assert not set(source.exclude) & set(spoken)
    assert len({source.exclude for source in sources}) > 10
    least = 0.9 if config.beam == 1 else 0.75  # its beam keeps others, where what is excluded was likely
    assert same_as_torch(bundle, engine, sources, config) >= least * len(sources)


def test_wishes_of_one_sentence_change_no_other(bundle, engine):
    plain, config = sentences(bundle), DecodingConfig(beam=3)
    mixed = [*plain]
    mixed[::3] = wishing(bundle, prefix=lambda ids: tuple(ids[1:2]), exclude=lambda ids: (tuple(ids[-1:]),))[::3]
    alone, among = engine.decode(plain, config), engine.decode(mixed, config)
    for place in range(len(plain)):
        if place % 3:
            assert [one.ids for one in among[place]] == [one.ids for one in alone[place]]
        [by_itself] = engine.decode([mixed[place]], config)
        assert [one.ids for one in among[place]] == [one.ids for one in by_itself]


@pytest.mark.parametrize("beam", [1, 4])
def test_a_beginning_may_end_inside_a_word(bundle, engine, beam):
    config = DecodingConfig(beam=beam)
    tokenizer = bundle.task.target_tokenizer
    for typed in ("W", "Wir hab", "Der Hun"):
        opening = open_with(tokenizer, typed)
        source = Sentence(sentences(bundle)[3].ids, prefix=opening.ids, spelling=opening.table)
        [[found]] = engine.decode([source], config)
        [[expected]] = TorchEngine(bundle.model).decode([source], config)
        assert tokenizer.decode(found.ids).startswith(typed)
        assert found.log_probability >= expected.log_probability - 0.5  # several ways are searched, each with a beam


def test_a_beginning_of_nothing(engine):
    [[found]] = engine.decode([Sentence((EOS,), prefix=(7, 9))], DecodingConfig(beam=2))
    assert (found.ids, found.ended) == ([7, 9], True)


def test_alignments_are_those_of_the_last_layer(bundle, engine):
    config = DecodingConfig(beam=3, n_best=2, alignments=True)
    sources = sentences(bundle)
    places = same = 0
    for source, ours, theirs in zip(
        sources, TorchEngine(bundle.model).decode(sources, config), engine.decode(sources, config), strict=True
    ):
        for one in theirs:
            assert len(one.alignment) == len(one.ids)
            assert set(one.alignment) <= set(range(max(1, len(source.ids) - 1)))
        if ours[0].ids == theirs[0].ids:
            places += len(ours[0].ids)
            same += sum(map(eq, ours[0].alignment, theirs[0].alignment))
    assert same > 0.5 * places > 0


def test_wishes_in_words(exported):
    translator = Translator.load(exported, engine="ctranslate2", alignments=True, beam=3)
    text = "We have two cars."
    [plain] = translator.translate([text])
    assert plain.alignment
    [begun] = translator.translate([text], prefixes=["Sie hab"])
    assert begun.text.startswith("Sie hab")
    word = plain.text.split()[0]
    [without] = translator.translate([text], avoid=[word])
    assert word not in without.text.split()
    [termed] = translator.translate([text], terms={"cars": "Wagen"})
    assert "Wagen" in termed.text


REFUSED = [
    {"method": "sampling"},
    {"diverse_groups": 2, "beam": 4},
    {"coverage_penalty": 0.2},
    {"repetition_penalty": 1.2},
    {"max_repeats": 2},
    {"stop": "exact"},
]


@pytest.mark.parametrize("wish", REFUSED, ids=str)
def test_what_it_cannot_do_is_refused_and_torch_does_it_if_it_is_there(bundle, exported, engine, wish):
    with pytest.raises(ConfigError, match="CTranslate2 cannot") as refused:
        engine.check(DecodingConfig(**wish))
    assert "--engine torch" in str(refused.value.hint)
    with pytest.raises(ConfigError, match="CTranslate2 cannot"):
        Translator.load(exported, **wish)
    assert isinstance(engine, Engine)


def test_without_the_library_it_says_how_to_get_it(exported, monkeypatch):
    monkeypatch.setitem(sys.modules, "ctranslate2", None)
    monkeypatch.delitem(sys.modules, "dragoman.translator.engines.ctranslate2_engine")
    for action in (lambda: Translator.load(exported), lambda: require(CTranslate2Export)):
        with pytest.raises(MissingExtraError, match="'ctranslate2'") as missing:
            action()
        assert missing.value.hint == "pip install dragoman"


def test_the_quickest_engine_that_can_is_taken(bundle, golden, exported, tmp_path, capsys):
    import shutil

    model = shutil.copytree(golden, tmp_path / "model")
    slim = shutil.copytree(exported, tmp_path / "slim")
    with pytest.raises(ConfigError, match="only torch"):
        Translator.load(model, engine="ctranslate2")
    move_engine(slim, "ctranslate2", into=model, bundle=bundle)
    assert set(read_manifest(model)["engines"]) == {"ctranslate2"}
    text = ["We have two cars."]
    quick, slow = (Translator.load(model, engine=name, device="cpu") for name in ("auto", "torch"))
    assert quick.translate(text)[0].text == slow.translate(text)[0].text
    assert isinstance(quick._engine, CTranslate2Engine)
    assert isinstance(slow._engine, TorchEngine)
    drawing = Translator.load(model, method="sampling", device="cpu")
    assert isinstance(drawing._engine, TorchEngine)
    with pytest.raises(ConfigError, match="only ctranslate2"):
        Translator.load(exported, engine="torch")
    with pytest.raises(UnknownNameError):
        Translator.load(model, engine="onyx")
    with pytest.raises(ConfigError, match="mps"):
        Translator.load(exported, engine="ctranslate2", device="mps")


def test_two_threads_at_once_say_what_one_says(bundle, engine):
    translator, fresh = (Translator(bundle.task, engine, decoding=DecodingConfig(beam=2)) for _ in range(2))
    assert translator.lanes == 2
    words = ["a", "dog", "RUNS", "to", "www.example.com", "{1}", "42", "the", "red", "house", "now"]
    numbers = random.Random(5)
    texts = [" ".join(numbers.choices(words, k=numbers.randrange(1, 9))) for _ in range(200)]
    batches = [texts[start : start + 10] for start in range(0, 200, 10)]
    alone = [translator.translate(batch) for batch in batches]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(2) as threads:
            beside = list(threads.map(fresh.translate, batches))
    finally:
        sys.setswitchinterval(interval)
    assert [[one.text for one in batch] for batch in beside] == [[one.text for one in batch] for batch in alone]
    assert [[one.notes for one in batch] for batch in beside] == [[one.notes for one in batch] for batch in alone]


def test_calls_side_by_side_share_the_workers(engine):
    with engine._sharing() as alone, engine._sharing() as second, engine._sharing() as third:
        assert (alone, second, third) == (2, 1, 1)
    with engine._sharing() as again:
        assert again == 2
