"""Every public module, class, function and method says what it is for."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "src/dragoman"
DEFINITIONS = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def undocumented(tree, place):
    """Places without a docstring; what is inside a function or private is nobody's business."""
    if not ast.get_docstring(tree):
        yield place
    for node in tree.body:
        if not isinstance(node, DEFINITIONS) or node.name.startswith("_"):
            continue
        inner = f"{place}:{node.name}"
        if isinstance(node, ast.ClassDef):
            yield from undocumented(node, inner)
        elif not ast.get_docstring(node) and not _is_overload(node):
            yield inner


def _is_overload(node):
    return any(isinstance(decorator, ast.Name) and decorator.id == "overload" for decorator in node.decorator_list)


def test_everything_public_has_a_docstring():
    missing = [
        place
        for path in sorted(PACKAGE.rglob("*.py"))
        for place in undocumented(ast.parse(path.read_text("utf-8")), path.relative_to(PACKAGE).as_posix())
    ]
    assert not missing


def test_the_check_finds_what_is_missing():
    text = "class A:\n  def f(self): pass\n  def _g(self): pass\ndef h():\n  '''Says so.'''\n  def inner(): pass\n"
    assert list(undocumented(ast.parse(text), "m")) == ["m", "m:A", "m:A:f"]
