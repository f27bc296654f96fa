"""The tree drawn in the docstring is the tree of classes."""

import inspect

import pytest

from dragoman.base import errors
from dragoman.base.errors import ConfigError, DragomanError, MissingExtraError


def drawn():
    """child → parent, as the docstring draws it: four columns to a level."""
    parents, path = {}, []
    for line in inspect.getdoc(errors).splitlines():
        bare = line.strip().lstrip("│├└─ ")
        name = bare.split(" ")[0]
        if not name.endswith("Error"):
            continue
        level = (len(line.rstrip()) - len(line.strip()) + line.strip().index(name)) // 4 - 1
        parents[name] = path[level - 1] if level else "Exception"
        path = [*path[:level], name]
    return parents


def test_the_drawing_is_true():
    real = {
        name: value.__mro__[1].__name__
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, Exception)
    }
    assert drawn() == real
    assert len(real) > 10


def test_what_the_user_reads():
    assert str(DragomanError("it broke")) == "it broke"
    assert str(DragomanError("it broke", hint="mend it")) == "it broke\nhint: mend it"


def test_exit_codes():
    assert DragomanError("x").exit_code == 1
    assert ConfigError("x").exit_code == 2


def test_a_missing_extra_names_the_command():
    error = MissingExtraError.of("torch", extra="train")
    assert "'torch'" in error.message
    assert error.hint == "pip install 'dragoman[train]'"


def test_what_no_extra_brings_comes_with_the_package_itself():
    assert MissingExtraError.of("ctranslate2", extra="").hint == "pip install dragoman"


@pytest.mark.parametrize("name", sorted(drawn()))
def test_every_class_says_when(name):
    assert inspect.getdoc(getattr(errors, name))
