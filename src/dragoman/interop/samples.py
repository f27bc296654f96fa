"""Sentences to compare an export with its model on: everyday ones and awkward ones. Knows no model.

They need not be of the model's language: the two must agree on any ids at all.
"""

from dragoman.corpora import phrasebook

_EVERYDAY = 24
_AWKWARD = (
    "Hello!",
    "I",
    "It costs 3.14 €, i.e. $1,000.00 (50% off) - see https://example.org/a?b=c#d.",
    "ALL CAPITALS, Title Case, mixedCase and snake_case_words",
    "Straße, naïve café, Ångström, Łódź, ﬁne",
    "我一般六点起床。你呢？",
    "Привет, мир! नमस्ते دنیا",
    "👨‍👩‍👧 🇩🇪 😀😀",
    "a\u00a0b  c \u200b d",
    "word " * 40,
)


def sample_sentences() -> list[str]:
    """A few dozen texts, always the same: of the embedded phrasebook's test part, and awkward ones."""
    records = phrasebook.records("test")
    step = max(1, len(records) // _EVERYDAY)
    return [*(record.source for record in records[::step][:_EVERYDAY]), *_AWKWARD]
