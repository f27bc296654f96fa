import pytest

from dragoman.text.scripts import count_words, expected_scripts, has_spaces, letters_worth, script_of, share_in

SAMPLES = {
    "en": "The quick brown fox",
    "de": "Größere Füchse überqueren Straßen",
    "vi": "Tất cả mọi người sinh ra đều được tự do",
    "ru": "Все люди рождаются свободными",
    "el": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι",
    "he": "כל בני אדם נולדו בני חורין",
    "ar": "يولد جميع الناس أحراراً",
    "hi": "सभी मनुष्यों को गौरव और अधिकारों",
    "bn": "সমস্ত মানুষ স্বাধীনভাবে",
    "ta": "மனிதப் பிறவியினர் சகலரும்",
    "th": "มนุษย์ทั้งหลายเกิดมามีอิสระ",
    "ka": "ყველა ადამიანი იბადება თავისუფალი",
    "hy": "Բոլոր մարդիկ ծնվում են ազատ",
    "am": "የሰው ልጅ ሁሉ ሲወለድ ነጻ",
    "km": "មនុស្សទាំងអស់កើតមកមានសេរីភាព",
    "ja": "すべての人間は、生まれながらにして自由であり、カタカナ",
    "ko": "모든 인간은 태어날 때부터 자유로우며",
    "zh": "人人生而自由，在尊严和权利上一律平等。",
}


@pytest.mark.parametrize("language", SAMPLES)
def test_every_language_is_in_its_own_script_and_no_other(language: str) -> None:
    own = expected_scripts(language)
    assert own is not None
    assert share_in(SAMPLES[language], own) == 1.0
    for other in SAMPLES:
        scripts = expected_scripts(other)
        assert scripts is not None
        if not scripts & own:
            assert share_in(SAMPLES[language], scripts) == 0.0
        assert all(script_of(letter) in own for letter in SAMPLES[language] if letter.isalpha())


@pytest.mark.parametrize(
    ("tag", "scripts"),
    [
        ("sr-Latn", {"Latn"}),
        ("sr", {"Cyrl", "Latn"}),
        ("zh-Hant-TW", {"Hani"}),
        ("EN_us", {"Latn"}),
        ("ja-JP", {"Hani", "Hira", "Kana"}),
    ],
)
def test_expected_scripts_of_tags(tag: str, scripts: set[str]) -> None:
    assert expected_scripts(tag) == scripts


def test_unknown_languages_have_no_expectation() -> None:
    assert expected_scripts("tlh") is None
    assert has_spaces("tlh")
    assert letters_worth("tlh") == 1.0


@pytest.mark.parametrize("text", ["", "123 !? …", "—"])
def test_no_letters_no_share(text: str) -> None:
    assert share_in(text, frozenset({"Latn"})) is None
    assert share_in(text, frozenset({"Hani"})) is None
    assert script_of("1") is None


def test_chinese_with_a_product_name_is_chinese() -> None:
    share = share_in("请使用 PostgreSQL 数据库", frozenset({"Hani"}))
    assert share is not None
    assert share > 0.6


def test_words_are_counted_where_there_are_spaces() -> None:
    assert count_words("one two  three", "en") == 3
    assert count_words("人人生而自由", "zh") == 3
    assert count_words("人人生而自", "zh") == 3
    assert count_words("", "zh") == 0
    assert not has_spaces("th")
    assert has_spaces("ko")


def test_letters_worth() -> None:
    assert letters_worth("zh") > letters_worth("ja") > letters_worth("ko") > letters_worth("de") == 1.0


def test_an_unknown_script_has_the_code_for_that() -> None:
    assert script_of("Ꭰ") == "Zzzz"
