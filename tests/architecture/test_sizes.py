"""Modules, functions and classes stay small, and names stay honest.

An exception stands in ``ALLOWED`` with its reason; when it is no longer needed the test asks for its removal.
"""

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src/dragoman"

LIMITS = {
    "module lines": 400,
    "function lines": 60,
    "class lines": 250,
    "parameters": 7,
    "nesting": 4,
    "modules in a room": 14,
    "vague module name": 0,
    "abbreviated name": 0,
}
"""What is measured → the largest number allowed."""

OPTIONS = "a command's parameters are its options on the command line, one for one"

ALLOWED: dict[str, str] = {
    "cli/augment.py:noise: parameters": OPTIONS,
    "cli/augment.py:robustness_set: parameters": OPTIONS,
    "cli/augment.py:synonyms: parameters": OPTIONS,
    "cli/back_translate.py:back_translate: parameters": OPTIONS,
    "cli/back_translate.py:self_train: parameters": OPTIONS,
    "cli/compression/compress.py:compress: parameters": OPTIONS,
    "cli/compression/distill.py:distill: parameters": OPTIONS,
    "cli/corpus.py:clean: parameters": OPTIONS,
    "cli/corpus.py:split: parameters": OPTIONS,
    "cli/corpus.py:convert: parameters": OPTIONS,
    "cli/fetch.py:fetch: parameters": OPTIONS,
    "cli/compression/surgery.py:prune: parameters": OPTIONS,
    "cli/evaluate.py:evaluate: parameters": OPTIONS,
    "cli/serving/serve.py:serve: parameters": OPTIONS,
    "cli/train.py:train: parameters": OPTIONS,
    "cli/translate.py:translate: parameters": OPTIONS,
    "cli/tune.py:tune: parameters": OPTIONS,
    "corpora/phrasebook: modules in a room": "a grammar of two languages: a module for each kind of word and sentence",
}
"""``"place: what is measured"`` → why it may be larger."""

VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "handler", "handlers"}
ABBREVIATED = {"src", "trg", "tgt"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match)


def depth_of(node, deep=0):
    """Blocks inside blocks; an ``elif`` stands beside its ``if``, and a function inside starts anew."""
    deepest = deep
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (*FUNCTIONS, ast.ClassDef, ast.Lambda)):
            continue
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and child in node.orelse
        deeper = isinstance(child, BLOCKS) and not (is_elif and len(node.orelse) == 1)
        deepest = max(deepest, depth_of(child, deep + deeper))
    return deepest


def parameters_of(function):
    """How many parameters a caller sees."""
    arguments = function.args
    named = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return len([name for name in named if name not in ("self", "cls")])


def names_in(tree):
    """Every name that a file gives: of functions, classes, parameters, variables, attributes."""
    for node in ast.walk(tree):
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname


def parts_of(name):
    return set(re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()))


def inner_measures(tree, place):
    """Sizes of everything inside a module."""
    parents = [(tree, place)]
    while parents:
        parent, path = parents.pop()
        for node in ast.iter_child_nodes(parent):
            inner = f"{path}:{node.name}" if isinstance(node, (*FUNCTIONS, ast.ClassDef)) else path
            parents.append((node, inner))
            if isinstance(node, ast.ClassDef):
                yield inner, "class lines", node.end_lineno - node.lineno + 1
            if isinstance(node, FUNCTIONS):
                yield inner, "function lines", node.end_lineno - node.lineno + 1
                yield inner, "parameters", parameters_of(node)
                yield inner, "nesting", depth_of(node)


def measures_of(text, place):
    """(place, what is measured, how much) for one module."""
    tree = ast.parse(text)
    yield place, "module lines", len(text.splitlines())
    yield place, "vague module name", len(parts_of(Path(place).stem) & VAGUE)
    yield from inner_measures(tree, place)
    for name in sorted(set(names_in(tree))):
        if parts_of(name) & ABBREVIATED:
            yield f"{place}:{name}", "abbreviated name", 1


def measures(package=PACKAGE):
    for path in sorted(package.rglob("*.py")):
        yield from measures_of(path.read_text("utf-8"), path.relative_to(package).as_posix())
    for room in sorted({path.parent for path in package.rglob("*.py")}):
        modules = [path for path in room.glob("*.py") if path.name != "__init__.py"]
        yield room.relative_to(package).as_posix(), "modules in a room", len(modules)


def over_limit(found):
    return {f"{place}: {what}": amount for place, what, amount in found if amount > LIMITS[what]}


def test_nothing_is_larger_than_allowed():
    too_large = over_limit(measures())
    unexplained = {place: amount for place, amount in too_large.items() if place not in ALLOWED}
    assert not unexplained, "\n".join(f"{place} = {amount}" for place, amount in unexplained.items())


def test_every_exception_is_still_needed_and_has_a_reason():
    stale = set(ALLOWED) - set(over_limit(measures()))
    assert not stale, f"no longer needed: {sorted(stale)}"
    assert all(len(reason) > 10 for reason in ALLOWED.values())


WRONG = {
    "module lines": "x = 1\n" * 401,
    "function lines": "def f():\n" + "    x = 1\n" * 60,
    "class lines": "class C:\n" + "    x = 1\n" * 250,
    "parameters": "class C:\n    def f(self, a, b, c, d, *, e, f, g, h): pass",
    "nesting": "def f():\n for a in b:\n  if a:\n   with a:\n    try:\n     if a: pass\n    finally: pass",
    "abbreviated name": "def f(src_ids): pass",
}


@pytest.mark.parametrize("what", WRONG)
def test_the_measure_finds_what_is_too_large(what):
    found = over_limit(measures_of(WRONG[what], "room/module.py"))
    assert [place.rpartition(": ")[2] for place in found] == [what]


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("parameters", "class C:\n    def f(self, a, b, c, d, *, e, f, g): pass"),
        ("nesting", "def f():\n if a: pass\n elif b: pass\n elif c: pass\n elif d: pass\n elif e: pass\n elif g: pass"),
        ("abbreviated name", "import urllib\nsources = targets = 1\nurllib.src"),
    ],
)
def test_the_measure_lets_pass_what_is_not(what, text):
    assert not over_limit(measures_of(text, "room/module.py")), what


def test_rooms_and_vague_names_are_measured(tmp_path):
    for number in range(15):
        (tmp_path / f"module{number}.py").touch()
    assert over_limit(measures(tmp_path)) == {".: modules in a room": 15}
    assert over_limit(measures_of("", "room/text_utils.py")) == {"room/text_utils.py: vague module name": 1}
