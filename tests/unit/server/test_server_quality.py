"""What is seen of translations, when it is called drift, and that no text is kept."""

import random
import time

import pytest

from dragoman.base.errors import StoreError
from dragoman.server.speaker import Said
from dragoman.server.telemetry.observer import Batch
from dragoman.server.telemetry.quality.baselines import MemoryBaselines
from dragoman.server.telemetry.quality.drift import RULES, THRESHOLD, Baseline, DirectionQuality, z_of
from dragoman.server.telemetry.quality.quality_watch import QualityWatch
from dragoman.server.telemetry.quality.signals import SIGNALS, Look, look_at

FRENCH = "L'homme est debout dans la rue avec un grand chien."
GOOD = "Der Mann steht mit einem großen Hund auf der Straße."
TEXT = "The man is standing in the street with a big dog."


def seen(text, translation, **more):
    return look_at(text, Said((translation,), **more), source="en", target="de").signals


@pytest.mark.parametrize(
    ("text", "translation", "notes", "signals"),
    [
        (TEXT, GOOD, (), set()),
        (TEXT, "", (), {"empty"}),
        (TEXT, " … ", (), {"empty"}),
        ("12:30", "12:30", (), set()),
        ("OK", "OK", (), set()),
        (TEXT, TEXT, (), {"copy", "foreign"}),
        (TEXT, "ein Hund " * 20, (), {"loop"}),
        (TEXT, FRENCH, (), {"foreign"}),
        (FRENCH, GOOD, (), {"foreign-source"}),
        (TEXT, GOOD, ("kept",), {"rescued"}),
        (TEXT, GOOD, ("copied",), set()),
    ],
)
def test_signals(text, translation, notes, signals):
    assert seen(text, translation, notes=notes) == signals


def test_the_length_of_chinese_is_comparable():
    look = look_at("一个男人和一只大狗站在街上。", Said((GOOD,)), source="zh", target="de")
    assert 0.5 < look.ratio < 2


def usual(key):
    signals = {name for name, share in (("loop", 0.01), ("foreign", 0.03)) if key.random() < share}
    return Look(frozenset(signals), key.gauss(1.1, 0.1), key.gauss(-0.3, 0.1))


class TestDrift:
    def test_none_on_the_usual(self):
        key = random.Random(1)
        quality = DirectionQuality()
        worst = 0.0
        for _ in range(4000):
            quality.note(usual(key))
            worst = max(worst, *quality.drift().values(), 0.0)
        assert worst < THRESHOLD
        assert quality.judged == 4000

    @pytest.mark.parametrize(
        ("signal", "change"),
        [
            ("foreign", lambda look: Look(look.signals | {"foreign"}, look.ratio, look.score)),
            ("unsure", lambda look: Look(look.signals, look.ratio, look.score - 0.4)),
            ("length", lambda look: Look(look.signals, look.ratio / 2, look.score)),
        ],
    )
    def test_a_change_is_seen_soon_and_so_is_its_end(self, signal, change):
        key = random.Random(2)
        quality = DirectionQuality()
        for _ in range(1300):
            quality.note(usual(key))
        assert quality.drift()[signal] < THRESHOLD
        for _ in range(60):
            quality.note(change(usual(key)))
        drift = quality.drift()
        assert drift[signal] > THRESHOLD
        assert max(value for name, value in drift.items() if name != signal) < THRESHOLD
        for _ in range(200):
            quality.note(usual(key))
        assert quality.drift()[signal] < THRESHOLD

    def test_not_before_there_is_enough_to_tell(self):
        quality = DirectionQuality(baseline_size=50)
        for _ in range(50 + 19):
            quality.note(Look(frozenset({"loop"}), 1.0))
        assert quality.drift() == {}
        quality.note(Look(frozenset(), 1.0))
        assert set(quality.drift()) == set(SIGNALS)

    def test_a_first_hit_does_not_shout_and_better_is_not_worse(self):
        assert z_of(1, 200, 0, 1000) < 2
        assert z_of(0, 200, 300, 1000) < -5
        assert z_of(200, 200, 0, 1000) > THRESHOLD


def batch(*pairs, model=None, is_probe=False):
    said = [Said((translation,)) for _, translation in pairs]
    return Batch("en", "de", [text for text, _ in pairs], said, 0.1, model, is_probe)


ANOTHER = Baseline(1000, 0.5, 2.0, None)


class Away(MemoryBaselines):
    """A store that cannot be used, until it can."""

    is_away = True
    found = kept = 0

    def find(self, checksum):
        self.found += 1
        raise StoreError("the store is away")

    def keep(self, checksum, baseline):
        self.kept += 1
        if self.is_away:
            raise StoreError("the store is away")
        return ANOTHER


def test_the_rules_are_those_that_baselines_were_told_by():
    """A baseline in a store says nothing of a signal that has come since: raise RULES when this changes."""
    signals = ["empty", "copy", "loop", "length", "foreign", "foreign-source", "rescued", "unsure"]
    assert (RULES, list(SIGNALS)) == (1, signals)


class TestWatch:
    def test_a_new_model_begins_anew_and_probes_are_not_looked_at(self):
        watch = QualityWatch()
        first, second = object(), object()
        watch.batch_ended(batch((TEXT, TEXT), (TEXT, GOOD), model=first))
        watch.batch_ended(batch(("1", "1"), model=first, is_probe=True))
        while watch.look():
            pass
        quality = watch.directions["en-de"]
        assert (quality.judged, quality.total["copy"], quality.shares()["copy"]) == (2, 1, 0.5)
        watch.batch_ended(batch((TEXT, GOOD), model=second))
        assert watch.look()
        assert watch.directions["en-de"].judged == 1

    def test_what_comes_too_fast_is_passed_over(self):
        watch = QualityWatch()
        for _ in range(6):
            watch.batch_ended(batch(*[(TEXT, GOOD)] * 100))
        assert watch.skipped == 100

    def test_what_is_usual_of_a_model_outlives_the_process_and_belongs_to_its_checksum(self, monkeypatch):
        monkeypatch.setattr("dragoman.server.telemetry.quality.quality_watch._MOST_WAITING", 10_000)
        kept = MemoryBaselines()

        def watched(*pairs, model):
            watch = QualityWatch(kept)
            watch.batch_ended(batch(*pairs, model=model))
            while watch.look():
                pass
            return watch.directions["en-de"]

        assert watched(*[(TEXT, GOOD)] * 999, model="sum-a").baseline is None
        assert watched(*[(TEXT, GOOD)] * 1000, model="sum-a").baseline is not None
        found = watched(*[(FRENCH, GOOD)] * 20, model="sum-a")
        assert (found.judged, found.drift()["foreign-source"] > THRESHOLD) == (20, True)
        assert watched(*[(TEXT, GOOD)] * 20, model="sum-a").drift()["foreign-source"] < 2
        assert watched(*[(FRENCH, GOOD)] * 20, model="sum-b").drift() == {}
        assert watched(*[(TEXT, GOOD)] * 1000, model=object()).baseline is not None
        assert kept.find("sum-b") is None

    def test_the_same_model_loaded_anew_goes_on_where_it_was(self):
        watch = QualityWatch()
        for model in ("sum-a", "sum-a", "sum-b", "sum-b", "sum-b"):
            watch.batch_ended(batch((TEXT, GOOD), model=model))
        counts = [watch.directions["en-de"].judged for _ in range(5) if watch.look()]
        assert counts == [1, 2, 1, 2, 3]

    def test_a_store_that_is_away_is_asked_again_and_stops_nothing(self, monkeypatch, capsys):
        monkeypatch.setattr("dragoman.server.telemetry.quality.quality_watch._MOST_WAITING", 10_000)
        monkeypatch.setattr("dragoman.server.telemetry.quality.quality_watch._AGAIN_SECONDS", 0.0)
        store = Away()
        watch = QualityWatch(store)
        watch.batch_ended(batch(*[(TEXT, GOOD)] * 1005, model="sum-a"))
        while watch.look():
            pass
        assert watch.directions["en-de"].judged == 1005
        assert (store.found, store.kept) == (1, 6)
        assert capsys.readouterr().err.count("the store is away") == 7
        store.is_away = False
        watch.batch_ended(batch((TEXT, GOOD), (TEXT, GOOD), model="sum-a"))
        while watch.look():
            pass
        assert store.kept == 7
        assert watch.directions["en-de"].baseline is ANOTHER  # another process was quicker

    def test_a_text_that_cannot_be_looked_at_does_not_end_the_looking(self, capsys):
        watch = QualityWatch()
        watch.begin()
        watch.batch_ended(batch((TEXT, None), (TEXT, None), (TEXT, GOOD)))
        for _ in range(500):
            if watch.directions and watch.directions["en-de"].judged:
                break
            time.sleep(0.01)
        watch.end()
        assert (watch.failed, watch.directions["en-de"].judged) == (2, 1)
        assert capsys.readouterr().err.count("cannot be looked at: ") == 1

    def test_a_failed_batch_is_nothing_to_look_at(self):
        watch = QualityWatch()
        watch.batch_ended(Batch("en", "de", ["a"], (), 0.1))
        assert not watch.look()

    def test_it_looks_by_itself(self):
        watch = QualityWatch()
        watch.begin()
        watch.batch_ended(batch((TEXT, GOOD)))
        for _ in range(500):
            if watch.directions:
                break
            time.sleep(0.01)
        watch.end()
        assert watch.directions["en-de"].judged == 1
