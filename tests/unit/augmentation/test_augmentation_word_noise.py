"""Noise on words: as much as asked for, no further than asked for, the same for the same text."""

from dragoman.augmentation.word_noise import WordNoise, WordNoiseConfig

WORDS = [f"w{number}" for number in range(20_000)]


def noise(language="en", seed=1, **settings):
    return WordNoise(
        WordNoiseConfig(**{"drop": 0, "blank": 0, "distance": 0, **settings}), language=language, seed=seed
    )


def test_no_noise():
    assert noise()("a b  c") == "a b c"


def test_words_dropped():
    left = noise(drop=0.1)(" ".join(WORDS)).split()
    assert abs(len(left) / len(WORDS) - 0.9) < 0.01
    assert left == [word for word in WORDS if word in set(left)]


def test_words_blanked():
    said = noise(blank=0.1)(" ".join(WORDS)).split()
    assert abs(said.count("_") / len(WORDS) - 0.1) < 0.01
    assert all(after in ("_", before) for before, after in zip(WORDS, said, strict=True))


def test_no_word_moves_further():
    said = noise(distance=3)(" ".join(WORDS)).split()
    moves = [place - int(word[1:]) for place, word in enumerate(said)]
    assert sorted(said) == sorted(WORDS)
    assert (min(moves), max(moves)) == (-3, 3)


def test_the_same_text_and_seed_give_the_same():
    text = " ".join(WORDS[:30])
    usual = WordNoiseConfig()
    first, second = (WordNoise(usual, language="en", seed=seed)(text) for seed in (1, 2))
    assert WordNoise(usual, language="en", seed=1)(text) == first
    assert first != second


def test_a_word_stays():
    assert all(WordNoise(WordNoiseConfig(drop=0.99), language="en", seed=seed)("yes") for seed in range(50))


def test_characters_where_there_are_no_spaces():
    said = noise("zh", distance=2)("今天城里的天气很好")
    assert sorted(said) == sorted("今天城里的天气很好")
    assert " " not in said
