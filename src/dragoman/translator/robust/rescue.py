"""How one text is translated so that nothing of it is lost. Knows texts and drafts of them, no model.

What was measured decides the order: first the text as it is; where protected spans did not come through, without
those at its ends and with stand-ins for those inside; then the parts between them, each alone; and as the last resort
the text itself. A draft that loops or was cut off is made again with a guard. What was done is noted, and the links of
a draft go along with its words.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dragoman.text.casing import Rarity, Shape, sentence_case, shape_of, upper
from dragoman.text.repetition import cut_loops, has_loop
from dragoman.text.spans import Span, find_spans, spans_survive, without_inventions
from dragoman.translator.moving import follow, in_a_row, relinked, shift
from dragoman.translator.placing import Link
from dragoman.translator.robust.config import RobustConfig
from dragoman.translator.robust.frames import END_MARKS, Frame, between, bracketed, frames, span_links, torn_brackets
from dragoman.translator.robust.rounds import Ask, Draft, Drafts, Way
from dragoman.translator.tokens import total

NOTES = {
    "copied": "nothing to translate: addresses, numbers, emoji alone",
    "restored": "protected spans got lost and were put back",
    "parts": "protected spans got lost; the text between them was translated part by part",
    "kept": "no translation held the protected spans: the source stands in its place",
    "capitals": "capitals were translated from ordinary letters",
    "title": "a title was translated from ordinary letters",
    "again": "the translation looped or did not end and was made again",
    "cut": "a loop was cut out of the translation",
    "invented": "the model wrote addresses, placeholders or emoji of its own, which were taken out",
    "empty": "there was no translation: the source stands in its place",
    "unsaid": "a term is not said: the translation has no words for what it translates",
}
"""Note → what it says."""
_OPENING, _CLOSING = "«„“‘", "»”’,;:，；：、"
"""What stands between words and a span behind them, and between a span and words behind it."""
UNTRANSLATED = frozenset(("kept", "empty"))
"""Notes of a source that stands in the place of its translation."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one text.

    Attributes:
        drafts: its translations, best first, at least one.
        notes: what was done, of :data:`NOTES`.
    """

    drafts: Drafts
    notes: tuple[str, ...] = ()


class Rescue:
    """The ways of texts between two languages.

    Args:
        config: what to see to.
        source_language: BCP-47 tag.
        target_language: BCP-47 tag.
        rarity: of a spelling in the source language, for text in capitals.
    """

    def __init__(self, config: RobustConfig, *, source_language: str, target_language: str, rarity: Rarity) -> None:
        self._config = config
        self._source_language = source_language
        self._target_language = target_language
        self._rarity = rarity

    def way(self, text: str) -> Way[Outcome]:
        """The way of one text."""
        every = find_spans(text) if self._config.spans or self._config.casing else []
        spans = every if self._config.spans else []
        if spans and not _has_words(_without(text, spans)):
            return Outcome([_as_it_is(text)], ("copied",))
        shape = self._shape(text, every)
        notes: list[str] = []
        form = self._ordinary(text, every) if shape else text
        drafts = yield from self._first(text, form, shape, notes)
        if self._config.spans:
            held = [draft for draft in drafts if self._holds(form, draft)]
            if spans and not held:
                mended = yield from self._with_spans(form, find_spans(form), notes)
                held = _of_source(text, form, mended)
            drafts = held or ([] if spans else self._without_inventions(drafts, notes))
        if shape == "capitals":
            kept = [span.text for span in spans if span.kind != "number"]
            drafts = [
                _reworded(draft, upper(draft.text, language=self._target_language, kept=kept)) for draft in drafts
            ]
        if shape and spans:  # what a span is may be read otherwise in other letters
            drafts = [draft for draft in drafts if self._holds(text, draft)]
        if not drafts:
            drafts = [_as_it_is(text)]
            notes.append("kept" if spans else "empty")
        return Outcome(drafts, tuple(dict.fromkeys(notes)))

    def _first(self, text: str, form: str, shape: Shape | None, notes: list[str]) -> Way[Drafts]:
        """Drafts of ``form``; of a title, as which names may look, those of ``text`` if they score higher."""
        texts = (form, text) if shape == "title" else (form,)
        drafts, *others = yield from self._steady(texts, notes)
        if others and others[0] and (not drafts or others[0][0].score > drafts[0].score):
            return others[0]
        notes += [shape] if shape else []
        return _of_source(text, form, drafts)

    def _shape(self, text: str, spans: Sequence[Span]) -> Shape | None:
        if not self._config.casing or text.islower():
            return None
        return shape_of(_without(text, spans), language=self._source_language)

    def _ordinary(self, text: str, spans: Sequence[Span]) -> str:
        kept = [(span.start, span.end) for span in spans]
        return sentence_case(text, language=self._source_language, rarity=self._rarity, kept=kept)

    def holds(self, source: str, draft: Draft) -> bool:
        """Whether ``draft`` has the protected spans of ``source``, as far as they are seen to."""
        return not self._config.spans or self._holds(source, draft)

    def _holds(self, source: str, draft: Draft) -> bool:
        return spans_survive(source, draft.text, language=self._target_language)

    def _steady(self, texts: tuple[str, ...], notes: list[str]) -> Way[list[Drafts]]:
        """The drafts of each text, looping and unfinished ones made again; none where there is no sound one."""
        found = yield Ask(texts)
        if not self._config.loops:
            return found
        found = [[draft for draft in drafts if draft.text.strip()] for drafts in found]
        bad = [at for at, drafts in enumerate(found) if not drafts or _is_wild(drafts[0], texts[at])]
        if bad:
            guarded = yield Ask(tuple(texts[at] for at in bad), guarded=True)
            notes.append("again")
            for at, drafts in zip(bad, guarded, strict=True):
                found[at] = _tamed([*drafts, *found[at]], texts[at], notes)
        return found

    def _with_spans(self, text: str, spans: Sequence[Span], notes: list[str]) -> Way[Drafts]:
        """Drafts of ``text`` with its spans in them."""
        tried = frames(text, spans)
        own: list[str] = []
        answers = yield from self._steady(tuple(frame.core for frame in tried), own)
        held = [
            draft
            for frame, drafts in zip(tried, answers, strict=True)
            for draft in self._restored(frame, drafts)
            if self._holds(text, draft)
        ]
        if held:
            notes += [*own, "restored"]
            return sorted(held, key=lambda draft: -draft.score)
        drafts = yield from self._in_parts(text, spans, notes)
        return [draft for draft in drafts if self._holds(text, draft)]

    def _without_inventions(self, drafts: Drafts, notes: list[str]) -> Drafts:
        """The drafts of a text without spans, without spans."""
        notes += ["invented"] if drafts else []
        bare = (_reworded(draft, without_inventions(draft.text)) for draft in drafts)
        return [draft for draft in bare if draft.text.strip()]

    def _restored(self, frame: Frame, drafts: Drafts) -> Drafts:
        whole = ((frame.restore(draft.text, draft.links), draft) for draft in drafts)
        return [replace(draft, text=found[0], links=found[1]) for found, draft in whole if found]

    def _in_parts(self, text: str, spans: Sequence[Span], notes: list[str]) -> Way[Drafts]:
        """The text between the spans translated part by part; a part that gains a span is left as it was."""
        spans = bracketed(text, spans)
        spans = sorted([*spans, *torn_brackets(text, spans)], key=lambda span: span.start)
        parts = between(text, spans)
        worded = tuple(dict.fromkeys(_core(part) for part in parts if _has_words(part)))
        answers = yield from self._steady(worded, notes)
        notes.append("parts")
        said = {
            part: next((draft for draft in drafts if self._holds(part, draft)), _as_it_is(part))
            for part, drafts in zip(worded, answers, strict=True)
        }
        pieces = [_part(said, parts[0])]
        for span, part in zip(spans, parts[1:], strict=True):
            pieces += [(span.text, span.text, span_links(span.text)), _part(said, part)]
        scores = [draft.score for draft in said.values()]
        whole, links = in_a_row(pieces)
        tokens = total(draft.tokens for draft in said.values())
        return [Draft(whole, sum(scores) / max(1, len(scores)), links=links, tokens=tokens)]


def _part(said: dict[str, Draft], part: str) -> tuple[str, str, tuple[Link, ...]]:
    """A part, what was said of it, with the spaces around it, and their links."""
    core = _core(part)
    draft = _unended(said.get(core) or _as_it_is(core), core)
    text = draft.text.strip()
    first, last = part.find(core), draft.text.find(text)
    links = relinked(draft.links, source=shift(first), target=shift(first - last))
    return part, part.replace(core, text, 1), links


def _core(part: str) -> str:
    """What is to be translated of a part: no quotation that opens before the next span, nor the end of the last one."""
    return part.strip().lstrip(_CLOSING).rstrip(_OPENING).strip()


def _unended(draft: Draft, part: str) -> Draft:
    """``draft`` of a part of a sentence; if the part has no last mark it has none: the sentence goes on."""
    if not part or part[-1] in END_MARKS:
        return draft
    return _reworded(draft, draft.text.rstrip(END_MARKS + " ") or draft.text)


def _as_it_is(text: str) -> Draft:
    """A text that stands for its translation."""
    return Draft(text, 0.0, links=span_links(text))


def _reworded(draft: Draft, text: str) -> Draft:
    """``draft`` with other letters, or fewer words."""
    return replace(draft, text=text, links=relinked(draft.links, target=follow(draft.text, text)))


def _of_source(text: str, form: str, drafts: Drafts) -> Drafts:
    """``drafts`` of a form of ``text`` as those of the text itself."""
    move = follow(form, text)
    return [replace(draft, links=relinked(draft.links, source=move)) for draft in drafts]


def _is_wild(draft: Draft, source: str) -> bool:
    return not draft.ended or has_loop(draft.text, source)


def _tamed(drafts: Drafts, source: str, notes: list[str]) -> Drafts:
    """The drafts that end and do not loop; else the first, without its loops."""
    drafts = [draft for draft in drafts if draft.text.strip()]
    sound = [draft for draft in drafts if not _is_wild(draft, source)]
    if sound or not drafts:
        return sound
    notes.append("cut")
    return [_reworded(drafts[0], cut_loops(drafts[0].text, source))]


def _has_words(text: str) -> bool:
    return any(map(str.isalnum, text))


def _without(text: str, spans: Sequence[Span]) -> str:
    return " ".join(between(text, spans))


def summary(notes: Counter[str]) -> list[str]:
    """One sentence for each note, those of most texts first."""
    return [f"{count:,} line{'s' * (count > 1)}: {NOTES[note]}" for note, count in notes.most_common()]
