"""From a name such as ``tatoeba:en-de`` to what there is to do: addresses, files to make, a licence to show.

It downloads nothing.
"""

import re
from dataclasses import dataclass, replace

from dragoman.base.catalog import nearest
from dragoman.base.errors import UnknownNameError
from dragoman.corpora.public.entries import ENTRIES, Entry, File, Part
from dragoman.corpora.public.languages import flores_code, tatoeba_code

_LANGUAGE = re.compile(r"[A-Za-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Order:
    """One corpus in two languages, every address complete.

    Attributes:
        name: as it was asked for.
        source: first language of the name.
        target: second language.
        entry: what the catalogue says of it.
        files: to download.
        parts: to make.
    """

    name: str
    source: str
    target: str
    entry: Entry
    files: tuple[File, ...]
    parts: tuple[Part, ...]

    @property
    def folder(self) -> str:
        """A name for its directory."""
        return self.name.replace(":", "-").replace("/", "-")


def make_order(name: str) -> Order:
    """What ``name`` means: ``CORPUS:en-de``, or ``opus:CORPUS/VERSION:en-de``; the pair may be left out of multi30k.

    Raises:
        UnknownNameError: no such corpus, or not in these languages; the hint says what there is.
    """
    corpus, _, rest = name.partition(":")
    entry = ENTRIES.get(corpus)
    if entry is None:
        guess = nearest(corpus, ENTRIES)
        advice = f"did you mean {guess!r}? " if guess else ""
        raise UnknownNameError(
            f"unknown public corpus {corpus!r}", hint=f"{advice}known: {', '.join(ENTRIES)} (see --list)"
        )
    inner, _, pair = rest.rpartition(":")
    if corpus == "opus" and ("/" not in inner or not pair):
        raise UnknownNameError(f"{name!r} does not name a corpus of OPUS", hint=f"write it like {entry.example}")
    pair = pair or (entry.pairs[0] if entry.pairs else "")
    source, _, target = pair.partition("-")
    _check(corpus, entry, pair)
    names = _names(corpus, source, target, inner)
    files = (entry.files_of or {}).get(pair, entry.files)
    return Order(
        name if rest else f"{name}:{pair}",
        source,
        target,
        replace(entry, page=entry.page.format_map(names)),
        tuple(dict.fromkeys(File(file.url.format_map(names), file.checksum) for file in files)),
        tuple(_filled(part, names) for part in entry.parts),
    )


def _filled(part: Part, names: dict[str, str]) -> Part:
    source, target = part.members
    return replace(part, members=(source.format_map(names), target.format_map(names)))


def _check(corpus: str, entry: Entry, pair: str) -> None:
    """Complain of a pair that the corpus does not have."""
    source, _, target = pair.partition("-")
    if entry.pairs:
        turned = f"{target}-{source}"
        if pair in entry.pairs or (turned in entry.pairs and not entry.is_directed):
            return
        raise UnknownNameError(f"{corpus} has no pair {pair!r}", hint=f"its pairs: {', '.join(entry.pairs)}")
    if not (_LANGUAGE.fullmatch(source) and _LANGUAGE.fullmatch(target)) or source == target:
        example = entry.example if ":" in entry.example else f"{corpus}:{entry.example}"
        raise UnknownNameError(f"{corpus} needs two languages, not {pair!r}", hint=f"write it like {example}")


def _names(corpus: str, source: str, target: str, inner: str) -> dict[str, str]:
    """What stands for each name in braces."""
    first, second = sorted((source, target))
    names = {"source": source, "target": target, "first": first, "second": second}
    names["foreign"] = target if source == "en" else source
    if corpus == "opus":
        names["corpus"], _, names["version"] = inner.partition("/")
    if corpus == "tatoeba":
        names["foreign3"] = _tatoeba(source, target, names["foreign"])
    if corpus == "flores200":
        for side, language in (("source_flores", source), ("target_flores", target)):
            code = flores_code(language)
            if code is None:
                raise UnknownNameError(
                    f"no FLORES-200 code is known for {language!r}",
                    hint="give the code itself, such as eng_Latn-deu_Latn",
                )
            names[side] = code
    return names


def _tatoeba(source: str, target: str, foreign: str) -> str:
    if "en" not in (source, target):
        raise UnknownNameError(
            f"the choice of manythings.org has English on one side, not {source}-{target}",
            hint=f"OPUS has the others: opus:Tatoeba/v2023-04-12:{source}-{target}",
        )
    code = tatoeba_code(foreign)
    if code is None:
        raise UnknownNameError(
            f"no Tatoeba code is known for {foreign!r}", hint="give the three letters of ISO 639-3, such as en-deu"
        )
    return code
