"""A service of two directions that needs no model."""

import pytest
from server_fakes import Parrot, make_service

from dragoman.server.service import Service


@pytest.fixture
def service() -> Service:
    return make_service(Parrot("en", "de"), Parrot("zh", "en"))
