"""How the translations of the same few lines changed while a run learnt, as part of a page."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from dragoman.evaluation.page_frame import safe
from dragoman.jobs.runs.record import RunRecord
from dragoman.jobs.runs.wording import said

_SHOWN = 5


def changing_translations(run: RunRecord) -> str:
    """Every sample with its versions, the newest last; what a version says anew is marked."""
    by_line: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for entry in run.validations:
        for sample in entry.get("samples") or ():
            versions = by_line.setdefault((sample["source"], sample["reference"]), [])
            if not versions or versions[-1][1] != sample["hypothesis"]:  # what stayed the same is shown once
                versions.append((entry["step"], sample["hypothesis"]))
    if not by_line:
        words = "This run kept no translations." if run.validations else _NOTHING_YET
        return f'<h2>{said("Translations over time")}</h2><p class="soft">{said(words)}</p>'
    languages = run.recipe.get("task", {})
    blocks = "".join(_sentence(pair, versions, languages) for pair, versions in by_line.items())
    told = said("Words that the version before did not have are marked.")
    return f'<h2>{said("Translations over time")}</h2><p class="soft">{told}</p>{blocks}'


_NOTHING_YET = "No validation yet: scores and translations come with the first one."


def _sentence(pair: tuple[str, str], versions: Sequence[tuple[int, str]], languages: Mapping[str, Any]) -> str:
    source, target = (safe(str(languages.get(side, ""))) for side in ("source", "target"))
    before = ["", *(text for _, text in versions)]
    rows = [
        f'<dt>{step:,}</dt><dd lang="{target}" dir="auto">{_marked(earlier, text)}</dd>'
        for earlier, (step, text) in zip(before, versions, strict=False)
    ]
    older, newest = rows[:-_SHOWN], rows[-_SHOWN:]
    folded = (
        f"<details><summary>{len(older)} {said('earlier versions')}</summary><dl>{''.join(older)}</dl></details>"
        if older
        else ""
    )
    return (
        f'<div class="sentence"><dl><dt>{said("source")}</dt><dd lang="{source}" dir="auto">{safe(pair[0])}</dd>'
        f'<dt>{said("reference")}</dt><dd class="reference" lang="{target}" dir="auto">{safe(pair[1])}</dd></dl>'
        f"{folded}<dl>{''.join(newest)}</dl></div>"
    )


def _marked(before: str, after: str) -> str:
    """``after``, with what ``before`` does not have marked; nothing is marked in a first version."""
    if not before:
        return safe(after) if after.strip() else "∅"
    joint = " " if " " in after or " " in before else ""  # Chinese and Japanese: by character
    old, new = (text.split() if joint else list(text) for text in (before, after))
    parts = []
    for kind, _, _, begin, end in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        words = safe(joint.join(new[begin:end]))
        if words:
            parts.append(words if kind == "equal" else f"<mark>{words}</mark>")
    return joint.join(parts) or "∅"
