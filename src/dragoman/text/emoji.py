"""Emoji and smileys in a text: each as a reader sees it, sequences whole. Knows no languages.

The shapes are those of Unicode's technical standard 51: flags are pairs of letters, families and jobs are joined by
U+200D, skin tones and the mark for "as a picture" follow, keycaps begin with a digit.
"""

_PICTURE = (
    "\u203c\u2049\u2139\u2194-\u21ff\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff"
)
_ONE = f"[{_PICTURE}][\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?[\U000e0020-\U000e007f]*"

EMOJI = (
    "[\U0001f1e6-\U0001f1ff]{2}"
    "|[0-9#*]\ufe0f?\u20e3"
    "|[\u00a9\u00ae\u2122]\ufe0f"
    f"|{_ONE}(?:\u200d{_ONE})*"
    "|[\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]"
)
"""The pattern of one emoji."""

SMILEY = r"(?<!\S)(?:[:;=]['’]?-?[()DPpOo/\\|3*]{1,3}|<3+|\^_?\^|[xX]D+)(?![^\s.,;!?…。！？])"
"""The pattern of a smiley of letters and marks, standing alone: ``:-)``, ``<3``, ``xD``."""
