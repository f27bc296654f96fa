"""The command, from its arguments to what it prints."""

import json
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from dragoman.base.errors import ConfigError
from dragoman.cli.evaluate import evaluate


@pytest.fixture
def files(tmp_path):
    (tmp_path / "test.en").write_text("the house\nthe old man\n", encoding="utf-8")
    (tmp_path / "test.de").write_text("das Haus\nder alte Mann\n", encoding="utf-8")
    (tmp_path / "mine.txt").write_text("das Haus\nder Mann\n", encoding="utf-8")
    return tmp_path


def run(*arguments: str):
    app = typer.Typer()
    app.command()(evaluate)
    return CliRunner().invoke(app, list(arguments))


def scoring(files, *arguments: str):
    hypotheses = ["--hypotheses", str(files / "mine.txt"), "--source", "en", "--target", "de"]
    return run("--test", str(files / "test"), *hypotheses, "--draws", "10", *arguments)


def test_a_table_on_standard_output(files):
    result = scoring(files)
    assert result.exit_code == 0
    assert "2 segments" in result.stdout
    assert "TER" in result.stdout


def test_json_of_chosen_metrics(files):
    result = scoring(files, "--json", "-", "--metric", "chrf", "--metric", "bleu", "--lowercase")
    scores = json.loads(result.stdout)["systems"][0]["scores"]
    assert list(scores) == ["chrf", "bleu"]
    assert "case:lc" in scores["bleu"]["signature"]


def test_files_are_checked_before_the_work(files):
    result = scoring(files, "--html", str(files / "test.en"))
    assert result.exit_code != 0
    assert "already there" in str(result.exception)
    assert scoring(files, "--html", str(files / "test.en"), "--force").exit_code == 0


def test_without_a_model_or_a_file_it_says_so(files):
    assert isinstance(run("--test", str(files / "test")).exception, ConfigError)
    assert run().exit_code == 2


def test_the_module_is_quick_to_import():
    code = "import sys, dragoman.cli.evaluate; print([m for m in ('torch', 'sacrebleu', 'numpy') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
