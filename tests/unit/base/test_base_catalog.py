"""Names to objects, open to installed packages."""

from dataclasses import dataclass

import pytest

from dragoman.base import catalog
from dragoman.base.catalog import Catalog, nearest
from dragoman.base.errors import UnknownNameError


@dataclass
class FakeEntry:
    """What an installed package would declare."""

    name: str
    value: object

    def load(self):
        return self.value


@pytest.fixture
def installed(monkeypatch):
    """A package that declares a thing called ``own`` and would like to replace ``ordered``."""
    groups = {"dragoman.thing": [FakeEntry("own", "from a package"), FakeEntry("ordered", "not this one")]}
    monkeypatch.setattr(catalog, "entry_points", lambda group: groups.get(group, []))


TABLE = {"ordered": "collections:OrderedDict", "counter": "collections:Counter"}


def test_loads_on_use():
    from collections import OrderedDict

    assert Catalog("thing", TABLE).load("ordered") is OrderedDict
    Catalog("thing", {"broken": "no.such.module:Thing"})  # not imported before it is asked for


def test_names_are_sorted_and_include_installed_packages(installed):
    assert Catalog("thing", TABLE).names() == ["counter", "ordered", "own"]
    assert Catalog("other", TABLE).names() == ["counter", "ordered"]


def test_installed_packages_add_but_do_not_replace(installed):
    from collections import OrderedDict

    things = Catalog("thing", TABLE)
    assert things.load("own") == "from a package"
    assert things.load("ordered") is OrderedDict
    assert things.group == "dragoman.thing"


def test_an_unknown_name_gets_the_nearest(installed):
    with pytest.raises(UnknownNameError, match="unknown thing 'orderd'") as caught:
        Catalog("thing", TABLE).load("orderd")
    assert caught.value.hint == "did you mean 'ordered'? known: counter, ordered, own"
    with pytest.raises(UnknownNameError) as caught:
        Catalog("thing", TABLE).load("xyz")
    assert caught.value.hint == "known: counter, ordered, own"


@pytest.mark.parametrize(
    ("name", "expected"), [("adm", "adam"), ("adamW", "adamw"), ("COSINE", "cosine"), ("zzz", None), ("", None)]
)
def test_nearest(name, expected):
    assert nearest(name, ["adam", "adamw", "cosine"]) == expected
