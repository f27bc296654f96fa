"""What every report is built of: one HTML file that needs nothing else, neither script, font, picture nor network.

Every text comes from a corpus or a model, so every text is escaped, and the page's own content
security policy forbids whatever might slip through. Knows nothing of what is reported.
"""

from collections.abc import Iterable
from html import escape
from string import Template

from dragoman.base.version import __version__
from dragoman.evaluation.page_style import STYLE
from dragoman.evaluation.wording import visible

_PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'$pictures">
<meta name="generator" content="dragoman $version">
<title>$title</title>
<style>$style</style>
</head>
<body>
<header>$above<h1>$title</h1><p class="soft">$heading</p></header>
<main>
$body
</main>
</body>
</html>
""")


def frame(title: str, *, heading: str, body: str, above: str = "", style: str = "", has_pictures: bool = False) -> str:
    """The whole page.

    Args:
        title: any text.
        heading: markup that stands below the title.
        body: markup.
        above: markup before the title.
        style: rules beside those that every report has.
        has_pictures: pictures may stand in the page, written into it.
    """
    return _PAGE.substitute(
        version=escape(__version__),
        pictures="; img-src data:" if has_pictures else "",
        title=safe(title),
        heading=heading,
        above=above,
        style=STYLE + style,
        body=body,
    )


def safe(text: str) -> str:
    """Any text, made harmless."""
    return escape(visible(text))


def table(columns: Iterable[str], rows: Iterable[str]) -> str:
    """A table that scrolls sideways where it is too wide; ``columns`` are texts, ``rows`` markup."""
    head = "".join(f'<th scope="col">{safe(column)}</th>' for column in columns)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'


def row(first: str, cells: Iterable[str], *, class_of_last: str = "") -> str:
    """A row of texts."""
    *middle, last = [safe(cell) for cell in cells]
    end = f'<td class="{class_of_last}">{last}</td>' if class_of_last else f"<td>{last}</td>"
    return f'<tr><th scope="row">{safe(first)}</th>{"".join(f"<td>{cell}</td>" for cell in middle)}{end}</tr>'
