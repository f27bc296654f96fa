"""What the environment says of processes, and what a recipe may ask of them."""

import pytest
import torch

from dragoman.base.errors import ConfigError
from dragoman.compute.placement import ComputeConfig
from dragoman.compute.ranks import ALONE, joined
from dragoman.compute.sharding import Alone, placed_like, share, whole

TWO = {"RANK": "0", "WORLD_SIZE": "2", "LOCAL_RANK": "0", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "1"}


@pytest.fixture
def environment(monkeypatch):
    def put(**values):
        for name in TWO:
            monkeypatch.delenv(name, raising=False)
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    put()
    return put


@pytest.mark.parametrize("values", [{}, {"WORLD_SIZE": "4"}, {"RANK": "0", "WORLD_SIZE": "1"}])
def test_one_process_has_nobody_to_wait_for(environment, values):
    environment(**values)
    with joined(ComputeConfig()) as ranks:
        assert ranks is ALONE
        ranks.wait()
        assert (ranks.broadcast("me"), ranks.gather("me"), ranks.largest([2, 1]), ranks.count(3)) == (
            "me",
            ["me"],
            [2, 1],
            3,
        )


@pytest.mark.parametrize(
    ("config", "values", "message"),
    [
        ({"ranks": 8}, TWO, "asks for 8 processes .*, but 2 were started"),
        ({"ranks": 2}, {}, "asks for 2 processes .*, but 1 were started"),
        ({"sharding": "fsdp"}, {}, "'fsdp' needs several processes"),
        ({"sharding": "none"}, TWO, "'none' gives them nothing to share"),
        ({}, {"RANK": "1", "WORLD_SIZE": "2"}, "names a rank .RANK=1., but not LOCAL_RANK, MASTER_ADDR"),
        ({}, {**TWO, "RANK": "first"}, "not numbers"),
    ],
)
def test_processes_that_are_not_there(environment, config, values, message):
    environment(**values)
    with pytest.raises(ConfigError, match=message) as caught, joined(ComputeConfig(device="cpu", **config)):
        pass
    assert caught.value.hint


def test_more_processes_than_gpus(environment, monkeypatch):
    environment(**{**TWO, "RANK": "1", "LOCAL_RANK": "1"})
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(ConfigError, match="process 2 on this machine has no GPU: there are 1"), joined(ComputeConfig()):
        pass


def test_a_model_that_nobody_shares_is_itself():
    model = torch.nn.Linear(2, 2)
    shared = share(model, ALONE, ComputeConfig())
    assert type(shared) is Alone
    assert shared.model is shared.plain is model
    assert whole(model.weight) is model.weight
    assert torch.equal(placed_like(torch.ones(2), model.bias), torch.ones(2))
