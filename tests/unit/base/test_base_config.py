"""Recipes: what is read, what is laid over it, and how mistakes are told."""

import datetime
from typing import Annotated, Literal

import pytest
from pydantic import Field

from dragoman.base.config import Section, apply_settings, parse, read_toml
from dragoman.base.errors import ConfigError, FileAccessError


class Small(Section):
    """One kind of engine."""

    kind: Literal["small"] = "small"
    width: int = Field(default=4, gt=0)
    """How wide."""


class Large(Section):
    """Another kind."""

    kind: Literal["large"] = "large"
    depth: int = 2
    """How deep."""


class Fuel(Section):
    """A plain section."""

    litres: float = 1.0
    """How much."""


class Car(Section):
    """The whole."""

    name: str
    """What it is called."""
    engine: Annotated[Small | Large, Field(discriminator="kind")] = Small()
    """What drives it."""
    fuel: Fuel = Fuel()
    """What it runs on."""


def problem(values):
    with pytest.raises(ConfigError) as caught:
        parse(Car, values, place="car.toml")
    assert caught.value.message.startswith("car.toml cannot be used:\n")
    return caught.value.message.splitlines()[1:]


def test_defaults_and_docstrings():
    car = parse(Car, {"name": "a", "engine": {"kind": "large"}}, place="car.toml")
    assert car.engine.depth == 2
    assert Fuel.model_fields["litres"].description == "How much."
    with pytest.raises(Exception, match="frozen"):
        car.name = "b"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"nam": "a", "name": "b"}, "  nam: unknown key; did you mean 'name'?"),
        ({"name": "a", "fuel": {"liters": 2}}, "  fuel.liters: unknown key; did you mean 'litres'?"),
        ({"name": "a", "fuel": {"xyz": 2}}, "  fuel.xyz: unknown key; known keys: litres"),
        (
            {"name": "a", "engine": {"kind": "small", "widht": 2}},
            "  engine.small.widht: unknown key; did you mean 'width'?",
        ),
        (
            {"name": "a", "engine": {"kind": "large", "dept": 2}},
            "  engine.large.dept: unknown key; did you mean 'depth'?",
        ),
        (
            {"name": "a", "engine": {"kind": "larg"}},
            "  engine.kind: unknown kind 'larg'; did you mean 'large'? known: 'small', 'large'",
        ),
        ({"name": "a", "engine": {"kind": "small", "width": 0}}, "(given: 0)"),
        ({"name": "a", "fuel": {"litres": "full"}}, "(given: 'full')"),
        ({}, "  name: field required"),
    ],
)
def test_mistakes_are_located_with_the_nearest_name(values, expected):
    (line,) = problem(values)
    assert expected in line


def test_all_mistakes_are_told_at_once():
    lines = problem({"fule": {}, "fuel": {"litres": "full"}})
    assert [line.split(":")[0].strip() for line in lines] == ["name", "fuel.litres", "fule"]


def test_settings_are_toml_values_or_strings():
    values = {"a": {"b": 1, "keep": 2}}
    settings = ["a.b=3", "a.c=0.5", "a.d=true", 'a.e="x=y"', "a.f=plain text", "a.g=[1, 2]", "new.deep.key=7", "h="]
    assert apply_settings(values, settings) == {
        "a": {"b": 3, "keep": 2, "c": 0.5, "d": True, "e": "x=y", "f": "plain text", "g": [1, 2]},
        "new": {"deep": {"key": 7}},
        "h": "",
    }
    assert values == {"a": {"b": 1, "keep": 2}}


def test_the_last_setting_wins_and_dates_survive():
    day = datetime.date(2024, 5, 1)
    assert apply_settings({"day": day}, ["a=1", "a=2"]) == {"day": day, "a": 2}


@pytest.mark.parametrize(
    ("setting", "expected"),
    [("a.b", "has no '='"), ("=3", "has no '='"), ("a.b.c=1", "'b' is a value, not a section")],
)
def test_settings_that_cannot_be(setting, expected):
    with pytest.raises(ConfigError, match=expected):
        apply_settings({"a": {"b": 1}}, [setting])


def test_toml_is_read(tmp_path):
    path = tmp_path / "car.toml"
    path.write_text('name = "Käfer"\n[fuel]\nlitres = 2\n', encoding="utf-8")
    assert read_toml(path) == {"name": "Käfer", "fuel": {"litres": 2}}


@pytest.mark.parametrize(
    ("raw", "expected"), [(b"name = \n", r"car\.toml is not valid TOML.*line 1"), (b"name = '\xff'", r"not valid TOML")]
)
def test_toml_that_is_none(tmp_path, raw, expected):
    path = tmp_path / "car.toml"
    path.write_bytes(raw)
    with pytest.raises(ConfigError, match=expected):
        read_toml(path)


def test_toml_that_is_missing(tmp_path):
    with pytest.raises(FileAccessError, match=r"cannot read .*car\.toml: no such file"):
        read_toml(tmp_path / "car.toml")
