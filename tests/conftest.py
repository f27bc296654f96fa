"""For every test: shapes in signatures are checked, draws are seeded, no test is timed, Ctrl-C works."""

import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

# Before anything imports these rooms: each call then checks its tensors against the shapes in its signature.
install_import_hook(
    ["dragoman.models", "dragoman.decoding", "dragoman.objectives", "dragoman.batching"], "beartype.beartype"
)

import torch  # noqa: E402

torch.set_num_threads(1)

settings.register_profile("untimed", deadline=None)  # a busy machine or a slow disk is no mistake of ours
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def seed():
    """The same random weights and ids in every run of a test."""
    torch.manual_seed(20260101)


@pytest.fixture(autouse=True, scope="session")
def keyboard() -> Iterator[None]:
    """Ctrl-C as in a terminal, also where the tests run in the background and the shell has switched it off."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
