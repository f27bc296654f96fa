"""How long a text is, and which texts are alike in length. Knows no tokenizer: a reader's words or characters."""

from dragoman.metrics.tokenization import is_unspaced

_EDGES = {"words": (5, 10, 15, 20, 30, 50), "characters": (10, 20, 30, 40, 60, 100)}


def length_unit(language: str) -> str:
    """What a text's length is counted in: "words", or "characters" where no spaces part the words."""
    return "characters" if is_unspaced(language) else "words"


def length_of(text: str, *, unit: str) -> int:
    """The number of ``unit`` in ``text``; spaces are not characters."""
    words = text.split()
    return len(words) if unit == "words" else sum(len(word) for word in words)


def bucket_of(length: int, *, unit: str) -> int:
    """The number of the bucket that holds texts of ``length``, from 0."""
    return sum(length > edge for edge in _EDGES[unit])


def bucket_label(bucket: int, *, unit: str) -> str:
    """The lengths that ``bucket`` holds, to read: "up to 5", "6–10", "over 50"."""
    edges = _EDGES[unit]
    if bucket == 0:
        return f"up to {edges[0]}"
    if bucket == len(edges):
        return f"over {edges[-1]}"
    return f"{edges[bucket - 1] + 1}–{edges[bucket]}"
