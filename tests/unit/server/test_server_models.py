"""A bundle as a speaker: what is wished reaches the translator, and what it cannot do is said."""

from hashlib import sha256
from types import SimpleNamespace

import pytest

from dragoman.base.errors import ConfigError, DataError
from dragoman.server.ask import RefusedError
from dragoman.server.models import ModelSpeaker, bundles, open_model
from dragoman.server.speaker import Wish
from dragoman.translator.links import WordLink
from dragoman.translator.tokens import Tokens


class Translator:
    """Writes down what it was asked; fails when told to."""

    name = "fake"
    lanes = 2
    error = None

    def translate(self, texts, *, n_best, terms):
        self.asked = (n_best, terms)
        if self.error:
            raise self.error
        return [
            SimpleNamespace(
                score=-0.5,
                alternatives=[(f"{text}{rank % 2}", -rank) for rank in range(n_best)],
                alignment=None,
                notes=(),
                tokens=Tokens(2 * len(text), 3),
            )
            for text in texts
        ]


def test_wishes_are_passed_on_and_alternatives_are_told_apart():
    translator = Translator()
    [said] = ModelSpeaker(translator).run(Wish(alternatives=2, terms=(("dog", "Hund"),)), ["a"])
    assert translator.asked == (3, {"dog": "Hund"})
    assert said.texts == ("a0", "a1")
    assert said.tokens == (2, 3)
    assert ModelSpeaker(translator).lanes == 2


@pytest.mark.parametrize("error", [ConfigError("this engine cannot"), DataError("no pieces for it")])
def test_terms_that_cannot_be_obeyed_are_refused_and_other_errors_are_not_taken_for_that(error):
    translator = Translator()
    translator.error = error
    with pytest.raises(RefusedError, match=error.message) as refused:
        ModelSpeaker(translator).run(Wish(terms=(("dog", "Hund"),)), ["a"])
    assert (refused.value.reason, refused.value.status) == ("unsupported_terms", 400)
    with pytest.raises(type(error)):
        ModelSpeaker(translator).run(Wish(), ["a"])


def unable(translator):
    raise ConfigError("it sees no attention")


class Aligner(Translator):
    """Tells which word became which."""

    def translate(self, texts, **wishes):
        links = (WordLink((0, 1), (1, 2)),)
        found = super().translate(texts, **wishes)
        return [SimpleNamespace(**{**vars(one), "alignment": links, "notes": ("unsaid",)}) for one in found]


def test_words_are_aligned_where_it_is_wished_and_the_engine_can(monkeypatch):
    wish = Wish(alignments=True)
    monkeypatch.setattr(Translator, "aligning", lambda self: Aligner(), raising=False)
    speaker = ModelSpeaker(Translator())
    assert speaker.run(wish, ["a"])[0].alignment == (((0, 1), (1, 2)),)
    assert speaker.run(wish, ["a"])[0].flags == ("term-unsaid",)
    assert speaker.run(Wish(), ["a"])[0].alignment == ()
    monkeypatch.setattr(Translator, "aligning", unable)
    assert ModelSpeaker(Translator()).run(wish, ["a"])[0].alignment == ()


def test_a_model_is_known_by_its_checksum_unless_another_came_meanwhile(tmp_path, monkeypatch):
    manifest = tmp_path / "manifest.json"

    def load(path, **more):
        if manifest.read_text() == "old":
            manifest.write_text("new")
        return Translator()

    monkeypatch.setattr("dragoman.server.models.Translator.load", load)
    manifest.write_text("new")
    assert open_model(tmp_path).checksum == sha256(b"new").hexdigest()
    manifest.write_text("old")
    assert open_model(tmp_path).checksum == ""


def test_a_directory_of_bundles_stands_for_them(tmp_path):
    for name in ("zh-en", "en-de", ".draft", "notes"):
        (tmp_path / name).mkdir()
        if name != "notes":
            (tmp_path / name / "manifest.json").touch()
    assert bundles(tmp_path) == [tmp_path / "en-de", tmp_path / "zh-en"]
    assert bundles(tmp_path / "en-de") == [tmp_path / "en-de"]
    assert bundles(tmp_path / "notes") == [tmp_path / "notes"]  # which is then told to be no bundle
