"""Embeddings and the output projection, tied or not. Knows nothing of the network between them.

Tying (Press & Wolf 2017): the decoder's embedding and the output projection can be one matrix,
and with a joint vocabulary the encoder's embedding too (three-way).
"""

from typing import Literal

from torch import nn

from dragoman.base.errors import ConfigError
from dragoman.base.symbols import PAD

Tying = Literal["none", "decoder", "all"]


def make_embeddings(
    tying: Tying, *, source_vocabulary: int, target_vocabulary: int, width: int, output_bias: bool = False
) -> tuple[nn.Embedding, nn.Embedding, nn.Linear]:
    """Source embedding, target embedding and output projection, sharing what ``tying`` says.

    Embeddings start normal with deviation ``width ** -0.5``; PAD's row starts at zero, as does the output's bias.

    Raises:
        ConfigError: three-way tying of vocabularies of different sizes.
    """
    if tying == "all" and source_vocabulary != target_vocabulary:
        raise ConfigError(
            f"tie_embeddings = 'all' needs one joint vocabulary, but the source has {source_vocabulary} pieces "
            f"and the target {target_vocabulary}",
            hint="set task.joint_vocabulary = true, or model.tie_embeddings = 'decoder'",
        )
    target = _embedding(target_vocabulary, width)
    source = target if tying == "all" else _embedding(source_vocabulary, width)
    output = nn.Linear(width, target_vocabulary, bias=output_bias)
    if output_bias:
        nn.init.zeros_(output.bias)
    if tying == "none":
        nn.init.normal_(output.weight, std=width**-0.5)
    else:
        output.weight = target.weight
    return source, target, output


def _embedding(vocabulary: int, width: int) -> nn.Embedding:
    embedding = nn.Embedding(vocabulary, width)
    nn.init.normal_(embedding.weight, std=width**-0.5)
    nn.init.zeros_(embedding.weight[PAD].detach())
    return embedding
