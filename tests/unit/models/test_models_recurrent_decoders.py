"""The decoders against a second implementation, written word by word from the papers' formulas.

It takes one sentence at a time, uses torch's cells, and shares nothing with ours but the weights.
"""

import itertools

import pytest
import torch
from torch import nn

from dragoman.models.recurrent import Recurrent, RecurrentConfig

SOURCE = torch.tensor([[5, 6, 7, 8, 3], [9, 4, 3, 0, 0]])
MASK = SOURCE != 0
TARGET = torch.tensor([[2, 5, 6, 7], [2, 8, 9, 4]])
EMBEDDING_WIDTH, WIDTH = 6, 8


def new_model(**settings):
    torch.manual_seed(11)
    config = RecurrentConfig(width=WIDTH, embedding_width=EMBEDDING_WIDTH, tie_embeddings="none", **settings)
    model = Recurrent(config, source_vocabulary=12, target_vocabulary=12).eval()
    for parameter in model.parameters():  # biases too, so that none can be forgotten unnoticed
        nn.init.normal_(parameter, std=0.4)
    return model


class Layer:
    """One layer of torch's cells; remembers its own state."""

    def __init__(self, kind, weights, hidden, memory):
        output_width, input_width = weights["weight_ih"].shape
        cell = nn.LSTMCell if kind == "lstm" else nn.GRUCell
        self.cell = cell(input_width, output_width // (4 if kind == "lstm" else 3))
        self.cell.load_state_dict(weights)
        self.hidden, self.memory = hidden, memory

    def __call__(self, inputs):
        if self.memory is None:
            self.hidden = self.cell(inputs[None], self.hidden[None])[0]
        else:
            hidden, memory = self.cell(inputs[None], (self.hidden[None], self.memory[None]))
            self.hidden, self.memory = hidden[0], memory[0]
        return self.hidden


def layers_of(model, weights, row):
    """Torch's cells with ``weights``, started as the model's encoder says for ``row``."""
    parts = [part[:, row] for part in model.start(SOURCE, MASK).parts]
    return [
        Layer(model.config.cell, layer, parts[0][index], parts[1][index] if len(parts) == 2 else None)
        for index, layer in enumerate(weights)
    ]


def stacked(module, count):
    """The weights of each layer of a torch stack under the names of torch's cells."""
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    return [{name: getattr(module, f"{name}_l{layer}") for name in names} for layer in range(count)]


def annotations_of(model, row):
    """The encoder's output for ``row`` alone."""
    return model.encoder.stack(model.source_embedding(SOURCE[row][MASK[row]]))[0]


def project(model, feature):
    """Features go to the width of the output layer, which may be tied to the embedding."""
    return model.projection.weight @ feature


def plain(model, row):
    layers = layers_of(model, stacked(model.decoder.stack, model.config.layers), row)
    for word in model.target_embedding(TARGET[row]):
        signal = word
        for layer in layers:
            signal = layer(signal)
        yield project(model, signal), None


def additive(model, row):
    decoder, annotations = model.decoder, annotations_of(model, row)
    upper = stacked(decoder.upper, model.config.layers - 1) if decoder.upper is not None else []
    bottom, *above = layers_of(model, [decoder.bottom.state_dict(), *upper], row)
    w, u, b, v = decoder.query.weight, decoder.key.weight, decoder.key.bias, decoder.score.weight[0]
    for word in model.target_embedding(TARGET[row]):
        energies = [torch.dot(v, torch.tanh(w @ bottom.hidden + u @ h + b)) for h in annotations]
        alpha = torch.stack(energies).exp() / sum(energy.exp() for energy in energies)
        context = sum(share * h for share, h in zip(alpha, annotations, strict=True))
        signal = bottom(torch.cat([word, context]))
        for layer in above:
            signal = layer(signal)
        readout = decoder.readout.weight @ torch.cat([signal, word, context]) + decoder.readout.bias
        yield torch.tanh(readout), alpha


def multiplicative(model, row):
    decoder, annotations = model.decoder, annotations_of(model, row)
    weights = [decoder.bottom.state_dict(), *(cell.state_dict() for cell in decoder.upper)]
    layers = layers_of(model, weights, row)
    fed = torch.zeros(WIDTH)
    for word in model.target_embedding(TARGET[row]):
        signal = torch.cat([word, fed])
        for layer in layers:
            signal = layer(signal)
        energies = [signal @ decoder.key.weight @ h for h in annotations]
        alpha = torch.stack(energies).exp() / sum(energy.exp() for energy in energies)
        context = sum(share * h for share, h in zip(alpha, annotations, strict=True))
        fed = torch.tanh(decoder.combine.weight @ torch.cat([context, signal]))
        yield project(model, fed), alpha


REFERENCES = {"none": plain, "additive": additive, "multiplicative": multiplicative}


@pytest.mark.parametrize(
    ("cell", "attention", "layers"), list(itertools.product(["lstm", "gru"], REFERENCES, [1, 2, 3]))
)
def test_decoder_equals_the_papers_formulas(cell, attention, layers):
    model = new_model(cell=cell, attention=attention, layers=layers)
    with torch.no_grad():
        features, state = model(SOURCE, MASK, TARGET), model.start(SOURCE, MASK)
        for row, length in enumerate(MASK.sum(dim=1).tolist()):
            expected, looks = zip(*REFERENCES[attention](model, row), strict=True)
            torch.testing.assert_close(features[row], torch.stack(expected), atol=1e-5, rtol=1e-5)
            if attention != "none":
                _, state = model._continue(TARGET, model.start(SOURCE, MASK))
                torch.testing.assert_close(state.attention[row, :length], looks[-1], atol=1e-5, rtol=1e-5)


def test_multiplicative_attention_over_a_bidirectional_encoder():
    model = new_model(attention="multiplicative", bidirectional=True)
    with torch.no_grad():
        expected = torch.stack([feature for feature, _ in multiplicative(model, 0)])
        torch.testing.assert_close(model(SOURCE, MASK, TARGET)[0], expected, atol=1e-5, rtol=1e-5)


def test_only_states_with_attention_carry_the_source():
    assert new_model(attention="none").start(SOURCE, MASK).memory is None
    assert new_model(attention="additive").start(SOURCE, MASK).memory.annotations.shape == (2, 5, 2 * WIDTH)
