import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dragoman.base.errors import ConfigError
from dragoman.cli.corpus import app

LANGUAGES = ["--source", "en", "--target", "de"]


@pytest.fixture
def location(tmp_path: Path) -> str:
    lines = [f"house number {number}\tHaus Nummer {number}" for number in range(30)]
    lines += ["Tom &amp; Ann\tTom &amp; Ann\tx", "\tleer", "house number 1\tHaus Nummer 1"]
    path = tmp_path / "in.tsv"
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments, *LANGUAGES], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_stats_prints_numbers(location: str) -> None:
    printed = run("stats", location)
    assert "33 pairs; 1 of them repeat an earlier one" in printed
    assert "1 empty; letters: Latn 100.0%" in printed
    assert "noted while reading: 1 lines with further columns" in printed


def test_stats_as_json(location: str) -> None:
    values = json.loads(run("stats", location, "--json"))
    assert values["pairs"] == 33
    assert values["source"]["empty"] == 1


def test_clean_says_what_went_and_why(location: str, tmp_path: Path) -> None:
    printed = run("clean", location, "--output", str(tmp_path / "out"), "--dropped", str(tmp_path / "d.jsonl"))
    assert "33 pairs read, 30 kept, 3 dropped" in printed
    assert "dropped: duplicate" in printed
    assert "line 33: house number 1  |||  Haus Nummer 1" in printed
    assert "Tom &amp; Ann  →  Tom & Ann" in printed
    assert len((tmp_path / "d.jsonl").read_text().splitlines()) == 3


def test_clean_takes_options_and_settings(location: str, tmp_path: Path) -> None:
    options = ["--keep-duplicates", "--max-ratio", "0", "--set", "identical_words=3", "--json"]
    values = json.loads(run("clean", location, "--output", str(tmp_path / "out"), *options))
    assert values["dropped"] == {"empty": 1}
    assert values["examples"]["empty"] == [{"line": 32, "source": "", "target": "leer"}]


def test_a_misspelt_setting_gets_the_nearest_name(location: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="did you mean 'max_words'"):
        run("clean", location, "--output", str(tmp_path / "out"), "--set", "max_word=3")


def test_split_prints_the_parts(location: str, tmp_path: Path) -> None:
    options = ["--output", str(tmp_path / "parts"), "--validation", "0.1", "--test", "4"]
    assert json.loads(run("split", location, *options, "--json"))["parts"]["test"] == 4
    assert "part validation" in run("split", location, *options, "--force")


def test_convert_to_standard_output_keeps_it_clean(location: str) -> None:
    result = CliRunner().invoke(
        app, ["convert", location, *LANGUAGES, "--output", "-", "--output-format", "jsonl"], catch_exceptions=False
    )
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(lines) == 33
    assert "33 pairs written to -" in result.stderr


def test_convert_reads_standard_input() -> None:
    result = CliRunner().invoke(
        app,
        ["convert", "-", "--format", "tsv", *LANGUAGES, "--output", "-", "--output-format", "tmx"],
        input="Haus\thouse\n",
        catch_exceptions=False,
    )
    assert '<tuv xml:lang="en"><seg>Haus</seg></tuv>' in result.stdout
