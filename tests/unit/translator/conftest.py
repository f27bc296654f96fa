"""The bundle kept from an earlier day."""

from pathlib import Path

import pytest

from dragoman.translator.translator import Translator


@pytest.fixture(scope="session")
def golden() -> Path:
    return Path(__file__).parents[2] / "data" / "golden-bundle"


@pytest.fixture(scope="session")
def translator(golden) -> Translator:
    return Translator.load(golden, device="cpu")
