"""A bundle made by an earlier version still translates the same, word for word.

``tests/data/golden-bundle`` was trained by ``dragoman train`` on the phrasebook; it is as small as it can be, so
its German is funny. When a change is meant to alter translations, that is a new version of the bundle format or of
the search: say so in the changelog before the expectations here are written anew.
"""

import json
from pathlib import Path

import pytest

from dragoman.translator.manifest import read_manifest
from dragoman.translator.translator import Translator

DATA = Path(__file__).parents[1] / "data"
BUNDLE = DATA / "golden-bundle"
LINES = (DATA / "golden-translations.jsonl").read_text(encoding="utf-8").rstrip("\n").split("\n")
EXPECTED = [json.loads(line) for line in LINES]


@pytest.fixture(scope="module")
def translator():
    return Translator.load(BUNDLE, device="cpu")


def test_the_bundle_is_small_and_of_version_one():
    assert sum(path.stat().st_size for path in BUNDLE.rglob("*") if path.is_file()) < 300_000
    assert read_manifest(BUNDLE)["version"] == 1


def test_every_translation_is_the_same(translator):
    translations = translator.translate([entry["source"] for entry in EXPECTED])
    assert [one.text for one in translations] == [entry["translation"] for entry in EXPECTED]
    assert [one.score for one in translations] == pytest.approx([entry["score"] for entry in EXPECTED], abs=2e-3)


def test_one_at_a_time_too(translator):
    for entry in EXPECTED[-6:]:
        [translation] = translator.translate([entry["source"]])
        assert translation.text == entry["translation"]
