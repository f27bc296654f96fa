"""What is to be copied, put into both texts of a pair: addresses, numbers, emoji.

A model that never saw an address translates pieces of it. So the same thing goes into source and target, at the
same end, and the model learns to copy it. Names are made of syllables, so that none can be learnt by heart.
It knows no files.
"""

import random
from collections.abc import Callable

_ONSETS, _VOWELS, _ENDINGS, _EMOJI = (
    words.split()
    for words in (
        "b br c d dr f fl g gr h j k kl l m n p pr r s st t tr v w z",
        "a e i o u ai ea io ou",
        "com org net de io eu info co.uk cn fr",
        "😀 😂 🤣 😊 😍 😘 😉 😎 🤔 😐 😴 😢 😭 😡 😱 🥳 🙈 👍 👎 👏 🙏 💪 👋🏽 ❤️ 💔 🔥 ✨ 🎉 🎂 ☀️ 🌈 🐶 🐱 🌹 🍕 ☕"
        " ⚽ 🚗 ✈️ 🇩🇪 🇨🇳 👩‍💻 👨‍👩‍👧 ✅ ❌ :) :-) ;) :D :( <3 xD",
    )
)
_CODAS = ("", "", "", "l", "m", "n", "r", "s", "x")
_END_MARKS = ".!?…。！？"


def url(draw: random.Random) -> str:
    """An address of a page."""
    start = draw.choice(["https://", "http://", "https://www.", "www."])
    path = "".join(f"/{_name(draw)}" for _ in range(draw.randint(0, 2)))
    query = draw.choice(["", "", f"?id={draw.randint(1, 99999)}", ".html", f"#{_name(draw)}"]) if path else ""
    return f"{start}{_name(draw)}.{draw.choice(_ENDINGS)}{path}{query}"


def email(draw: random.Random) -> str:
    """An address of a person."""
    mark = draw.choice([".", "_", "-", ""])
    return f"{_name(draw)}{mark}{_name(draw)}@{_name(draw)}.{draw.choice(_ENDINGS)}"


def number(draw: random.Random) -> str:
    """A number that is written alike everywhere: a count, a time, a year, a code."""
    return draw.choice(
        [
            str(draw.randint(2, 999)),
            f"({draw.randint(1, 99)})",
            f"#{draw.randint(1, 9999)}",
            f"{draw.randint(0, 23):02}:{draw.randint(0, 59):02}",
            str(draw.randint(1900, 2035)),
            f"+{draw.randint(1, 99)} {draw.randint(100, 999)} {draw.randint(100000, 9999999)}",
            f"{draw.choice('ABCDEFGHKLMNPRSTXYZ')}{draw.randint(1, 99)}-{draw.randint(100, 9999)}",
        ]
    )


def emoji(draw: random.Random) -> str:
    """One emoji or smiley mostly, else two or three."""
    return " ".join(draw.choices(_EMOJI, k=1 if draw.random() < 0.7 else draw.randint(2, 3)))


def insert(make: Callable[[random.Random], str], source: str, target: str, draw: random.Random) -> tuple[str, str]:
    """Both texts with the same thing: at their beginning, at their end, or before their last marks."""
    thing = make(draw)
    place = draw.choice(["start", "end", "end", "inside"])
    if place == "start":
        return f"{thing} {source}", f"{thing} {target}"
    if place == "inside" and source[-1:] in _END_MARKS and target[-1:] in _END_MARKS:
        return _before_mark(source, thing), _before_mark(target, thing)
    return f"{source} {thing}", f"{target} {thing}"


def _before_mark(text: str, thing: str) -> str:
    body = text.rstrip(_END_MARKS)
    return f"{body} {thing}{text[len(body) :]}"


def _name(draw: random.Random) -> str:
    return "".join(
        draw.choice(_ONSETS) + draw.choice(_VOWELS) + draw.choice(_CODAS) for _ in range(draw.choice([1, 2, 2, 3]))
    )
