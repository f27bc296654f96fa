"""The settings of cleaning. Knows no rule; the rules that read them are in ``filters``."""

from typing import Annotated, Any, Literal

from pydantic import Field

from dragoman.base.config import Section

Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class CleaningConfig(Section):
    """What to repair and what to drop. The defaults suit sentence pairs from the web and from memories."""

    unescape_html: bool = True
    """Repair: turn ``&amp;``, ``&#39;`` and the like into the characters they stand for."""
    remove_controls: bool = True
    """Repair: remove control characters; those that are misread Windows-1252 become what they were meant to be."""
    unicode_form: Literal["NFC", "NFKC", "none"] = "NFC"
    """Repair: one way to write each character. NFKC also folds full-width letters and ligatures, which loses
    distinctions a reader can see; none leaves the text alone."""
    join_lines: bool = True
    """Repair: a line break inside a text becomes a space, because one record is one line in most formats."""
    collapse_spaces: bool = True
    """Repair: no spaces at the ends, single spaces inside; single no-break spaces stay."""

    drop_empty: bool = True
    """Drop pairs in which a side has no visible character."""
    min_words: Count = 0
    """Drop pairs in which a side has fewer words; 0 keeps them. Where a language has no spaces, two characters
    count as a word. Single words are good dictionary entries, so the default keeps them."""
    max_words: Count = 200
    """Drop pairs in which a side has more words (counted likewise); 0 keeps them. Sentences hardly pass 100."""
    max_characters: Count = 2000
    """Drop pairs in which a side has more characters; 0 keeps them. Catches unbroken junk of a single 'word'."""
    drop_replacement_characters: bool = True
    """Drop pairs with U+FFFD: it stands where a character was already lost."""
    drop_controls: bool = True
    """Drop pairs with control characters (there are none left when remove_controls is on)."""
    drop_html_escapes: bool = True
    """Drop pairs with HTML escapes (there are hardly any left when unescape_html is on)."""
    max_ratio: Annotated[float, Field(ge=0)] = 3.0
    """Drop pairs in which one side is this many times longer than the other; 0 keeps them. Lengths are in
    characters, weighted so that a language with short writing (Chinese) is measured like one with long, and 15
    are added to both, because short texts vary more."""
    drop_identical: bool = True
    """Drop pairs whose two sides are the same text (case aside): most are not translated at all."""
    identical_words: Count = 2
    """…but keep them up to this many words, for names, 'OK' and units; 0 drops those as well."""
    keep_identical_numbers: bool = True
    """…and keep them when they hold no letter at all: 1984 is 1984 everywhere."""
    min_script_share: Share = 0.4
    """Drop pairs in which less than this share of a side's letters is in the script of its language; 0 keeps
    them. A Chinese character counts as three letters. Only texts of at least four letters are judged, and only
    languages whose script is known. Half would cost Chinese sentences full of Latin names."""
    min_placeholder_agreement: Share = 0.0
    """Drop pairs in which a smaller share of the placeholders and tags ({0}, %s, %(name)s, ${…}, <x/>) has its like on
    the other side; 0 keeps them, 1 wants every one."""
    min_link_agreement: Share = 0.0
    """Drop pairs in which a smaller share of the web and e-mail addresses has its like on the other side; 0 keeps
    them. Languages and countries in an address may differ."""
    min_number_agreement: Share = 0.0
    """Drop pairs in which a smaller share of the numbers has its like on the other side; 0 keeps them. 1,000.5 and
    1.000,5 are the same; numbers up to twelve may be written out."""
    min_language_probability: Share = 0.0
    """Drop pairs with a side that is surely in another language: its own is less likely than this and some other
    likely; 0 keeps them. 0.1 is cautious. Of short texts, which no one can tell, all are kept."""
    drop_duplicates: bool = True
    """Drop pairs whose source and target both stood together before (after the repairs)."""
    near_duplicates: Literal["none", "folded", "minhash"] = "none"
    """Drop pairs almost like an earlier one. folded: the same but for case, punctuation, spaces and the values of
    numbers. minhash: also those in which about nine tenths of the letters in a row are the same."""


THOROUGH: dict[str, Any] = {
    "min_placeholder_agreement": 1.0,
    "min_link_agreement": 0.5,
    "min_number_agreement": 0.5,
    "min_language_probability": 0.1,
    "near_duplicates": "folded",
}
"""What ``--thorough`` switches on: the filters that cost more, or that only text from the web is in need of."""
