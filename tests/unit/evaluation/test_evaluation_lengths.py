import pytest

from dragoman.evaluation.lengths import bucket_label, bucket_of, length_of, length_unit


def test_words_where_there_are_spaces_else_characters():
    assert length_unit("de") == length_unit("ko") == "words"
    assert length_unit("zh-CN") == length_unit("ja") == "characters"
    assert length_of(" Ein  Satz\n", unit="words") == 2
    assert length_of("我 喜欢 茶。", unit="characters") == 5
    assert length_of("", unit="words") == 0


@pytest.mark.parametrize("unit", ["words", "characters"])
def test_every_length_is_in_the_bucket_that_says_so(unit):
    for length in range(150):
        label = bucket_label(bucket_of(length, unit=unit), unit=unit)
        if label.startswith("up to "):
            assert length <= int(label.removeprefix("up to "))
        elif label.startswith("over "):
            assert length > int(label.removeprefix("over "))
        else:
            low, high = map(int, label.split("–"))
            assert low <= length <= high
