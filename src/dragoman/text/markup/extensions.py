"""What pages of Markdown hold beside CommonMark and must stay as it is: to a reader without it, it is text.

Footnotes, tasks, alerts and mathematics (as GitHub has them), directives between ``:::``, lists of definitions,
attributes in braces, links of a wiki, names of emoji. Knows no blocks and no translation.
"""

import re
from typing import Literal

_POINT = re.compile(
    r"\[\^[\w.-]+\]"  # the sign of a footnote
    r"|\[\[[^\[\]\n]+\]\]"
    r"|\{:?[ ]?[#.][^{}\n]*\}"
    r"|(?<!\w):(?=[\w+-]*[a-z])[a-z0-9_+-]+:(?!\w)"
    r"|(?<!\$)\$\$(?!\$)[^$]++\$\$(?!\$)"
    r"|(?<![\w$])\$(?=[^\s$])(?P<formula>[^$\n]*+)(?<!\s)\$(?![\w$])"
)
_PROSE = re.compile(r"(?<![\\\w])[^\W\d_]{2,}[ ]+[^\W\d_]{2,}|\A\d[\d.,]*(?:[ ]+[(\w]|[^\w\s]*\Z)")
"""Two words, or an amount: no formula has them, but there may be two signs of money around them."""
_TASK = re.compile(r"\[[ xX]\](?=\s)")
_ALERT = re.compile(r"\[![A-Za-z]+\][+-]?(?=\s|\Z)")
_APART = re.compile(r":{3,}[^\n]*|(?<=\n):[ \t]+(?=\S)|\[\^[\w.-]+\]:(?=\s)")

Mark = tuple[int, Literal["point", "apart"]]
"""Where it ends; and whether it stands within a sentence, or no sentence reaches across it."""


def find_extension(text: str, at: int) -> Mark | None:
    """What begins at ``at`` in the text of a block, if anything does."""
    if at == 0 and (found := _TASK.match(text) or _ALERT.match(text)):
        return found.end(), "apart"
    if (at == 0 or text[at - 1] == "\n") and (found := _APART.match(text, at)):
        return found.end(), "apart"
    found = _POINT.match(text, at)
    if found is None or (found["formula"] and _PROSE.search(found["formula"])):
        return None
    return found.end(), "point"
