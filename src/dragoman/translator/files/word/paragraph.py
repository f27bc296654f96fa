"""A paragraph of Word as a marked-up text, and its runs written again. Knows no archive and no other paragraph.

The format that most of the text has is the paragraph's own; other formats are tags around words, as in HTML, and the
machinery that places tags by word alignment places them. The same holds inside each link.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from dragoman.text.markup.document import Markup
from dragoman.text.markup.parts import Part, Rendered, Unit
from dragoman.translator.files.word.atoms import Atom, Raw

_TOKEN = re.compile("\x00(\\d+)\x01")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_RAISED = re.compile(rb"""<(?:\w+:)?vertAlign\s[^<>]*["'](?:super|sub)script["']""")
_FORMAT = Atom("point", ())
"""Stands for the border of a format, of which nothing is written."""


class Paragraph:
    """The text of a paragraph.

    Args:
        atoms: of the paragraph.
        span: from where to where they stand in the part.
        prefix: of Word's namespace, with its colon.
    """

    def __init__(self, atoms: Sequence[Atom], span: tuple[int, int], prefix: bytes) -> None:
        self.span = span
        self._prefix = prefix
        self._tokens: list[tuple[str, Atom]] = []
        self._bases: dict[int, bytes] = {}
        self._markup = Markup(list(self._parts(_smooth(_without_raised(atoms)))), _escape)

    @property
    def units(self) -> Sequence[Unit]:
        """What is to be translated: more than one where tabs or line ends part it."""
        return self._markup.units

    def render(self, said: Sequence[Rendered], copy: Callable[[int, int], bytes]) -> bytes | None:
        """The runs of the paragraph with translations; None where nothing is changed.

        Args:
            said: for each unit.
            copy: what stands in the part from one place to another.
        """
        if all(one.text == unit.plain for one, unit in zip(said, self.units, strict=True)):
            return None
        text, _ = self._markup.render(said)
        return b"".join(self._runs(self._in_order(_TOKEN.split(text)), copy))

    def _parts(self, atoms: Sequence[Atom]) -> Iterator[Part]:
        zones = _zones(atoms)
        base = dict(_bases(atoms, zones))
        self._bases[-1] = base.get(-1, b"")
        following = _next_formats(atoms)
        current: bytes | None = None
        for number, atom in enumerate(atoms):
            own = base.get(zones[number], b"")
            if atom.kind == "text":
                wanted = None if atom.format == own else atom.format
                if wanted != current:
                    yield from self._format(current, wanted)
                    current = wanted
                yield Part(atom.text, "text", atom.text)
                continue
            if current is not None and (atom.kind != "point" or following[number] != current):
                yield from self._format(current, None)
                current = None
            if atom.kind in ("open", "break"):
                self._bases[len(self._tokens)] = base.get(number, b"")
            role = atom.kind
            assert role in ("open", "close", "point", "break")
            yield Part(self._token(role, atom), role, name="frame" if role in ("open", "close") else "")
        yield from self._format(current, None)

    def _format(self, before: bytes | None, after: bytes | None) -> Iterator[Part]:
        """Tags where a format ends and another begins."""
        if before is not None:
            yield Part(self._token("format-close", _FORMAT), "close", name="format")
        if after is not None:
            yield Part(self._token("format-open", Atom("point", (), format=after)), "open", name="format")

    def _token(self, kind: str, atom: Atom) -> str:
        self._tokens.append((kind, atom))
        return f"\x00{len(self._tokens) - 1}\x01"

    def _in_order(self, pieces: list[str]) -> list[str]:
        """A range never ends before it begins, wherever its ends were placed."""
        places: dict[str, int] = {}
        for place in range(1, len(pieces), 2):
            end, _, name = self._tokens[int(pieces[place])][1].span.partition(" ")
            if end == "End":
                places[name] = place
            elif end == "Start" and name in places:
                other = places[name]
                pieces[other], pieces[place] = pieces[place], pieces[other]
        return pieces

    def _runs(self, pieces: Sequence[str], copy: Callable[[int, int], bytes]) -> Iterator[bytes]:
        """Text and tokens by turns, as runs."""
        bases = [self._bases.get(-1, b"")]
        formats: list[bytes] = []
        waiting, waiting_format = "", b""
        for number, piece in enumerate(pieces):
            if number % 2 == 0:
                own = formats[-1] if formats else bases[-1]
                if piece and own != waiting_format:
                    yield self._run(waiting, waiting_format)
                    waiting = ""
                waiting, waiting_format = waiting + piece, own if piece else waiting_format
                continue
            kind, atom = self._tokens[int(piece)]
            if kind == "format-open":
                formats.append(atom.format)
            elif kind == "format-close":
                formats.pop()
            else:
                yield self._run(waiting, waiting_format)
                waiting = ""
                yield copied(atom.raw, copy)
                if kind == "open":
                    bases.append(self._bases[int(piece)])
                elif kind == "close":
                    bases.pop()
                elif kind == "break":
                    bases[-1] = self._bases[int(piece)]
        yield self._run(waiting, waiting_format)

    def _run(self, text: str, own: bytes) -> bytes:
        if not text:
            return b""
        said = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()
        run, name = self._prefix + b"r", self._prefix + b"t"
        return b'<%b>%b<%b xml:space="preserve">%b</%b></%b>' % (run, own, name, said, name, run)


def copied(raw: Raw, copy: Callable[[int, int], bytes]) -> bytes:
    """The bytes of an atom."""
    return b"".join(piece if isinstance(piece, bytes) else copy(*piece) for piece in raw)


def _escape(text: str, written: Mapping[str, Sequence[str]], quote: str | None) -> str:
    return _ILLEGAL.sub(" ", text)


def _without_raised(atoms: Sequence[Atom]) -> list[Atom]:
    """A raised or lowered number behind a word, as of the sign of a note or of m², made a point: it is no word."""
    found: list[Atom] = []
    following = ""
    for atom in reversed(atoms):
        if atom.kind == "text" and atom.text:
            if _RAISED.search(atom.format) and not (any(map(str.isalpha, atom.text)) or following[:1].isalnum()):
                atom = Atom("point", atom.raw)
            else:
                following = atom.text
        elif atom.kind == "break":
            following = ""
        found.append(atom)
    return found[::-1]


def _smooth(atoms: Sequence[Atom]) -> list[Atom]:
    """A space has the format of the text before it: alone it would be a tag around nothing."""
    found: list[Atom] = []
    before: bytes | None = None
    for atom in atoms:
        if atom.kind == "text":
            if before is not None and not atom.text.strip():
                atom = Atom("text", atom.raw, atom.text, before)
            before = atom.format
        elif atom.kind != "point":
            before = None
        found.append(atom)
    return found


def _zones(atoms: Sequence[Atom]) -> list[int]:
    """For each atom the zone it stands in: the number of the frame or break that began it; -1 for the first one."""
    inside = [-1]
    found = []
    for number, atom in enumerate(atoms):
        if atom.kind == "close" and len(inside) > 1:
            inside.pop()
        found.append(inside[-1])
        if atom.kind == "open":
            inside.append(number)
        elif atom.kind == "break":
            inside[-1] = number
    return found


def _bases(atoms: Sequence[Atom], zones: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    """The format that most of the text in each zone has."""
    counts: dict[int, Counter[bytes]] = {}
    for atom, zone in zip(atoms, zones, strict=True):
        if atom.kind == "text":
            counts.setdefault(zone, Counter())[atom.format] += len(atom.text)
    for zone, formats in counts.items():
        yield zone, formats.most_common(1)[0][0]


def _next_formats(atoms: Sequence[Atom]) -> list[bytes | None]:
    """For each atom the format of the text that follows it and further points; None where no text does."""
    found: list[bytes | None] = []
    following: bytes | None = None
    for atom in reversed(atoms):
        if atom.kind != "point":
            following = atom.format if atom.kind == "text" else None
        found.append(following)
    return found[::-1]
