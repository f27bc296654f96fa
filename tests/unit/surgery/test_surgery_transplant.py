"""What fits is taken by name and shape, and every layer is told of."""

import torch

from dragoman.models.transformer import Transformer, TransformerConfig
from dragoman.surgery.transplant import transplant, untrained_by_encoding


def model(vocabulary=20, **settings):
    shape = {"width": 8, "heads": 2, "feed_forward_width": 8, "encoder_layers": 2, "decoder_layers": 2, **settings}
    return Transformer(TransformerConfig(**shape), source_vocabulary=vocabulary, target_vocabulary=vocabulary)


def fates(report):
    return {row.layer: (row.taken == row.weights, row.why_not) for row in report.rows}


def test_all_of_an_equal_model_is_taken():
    new, old = model(), model()
    report = transplant(new, old)
    assert report.taken == report.weights == sum(parameter.numel() for parameter in new.parameters())
    assert report.left_behind == ()
    for ours, theirs in zip(new.parameters(), old.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs)
        assert ours is not theirs


def test_other_layer_counts_take_the_layers_that_are_there():
    new, old = model(encoder_layers=3, decoder_layers=1), model()
    fresh = {name: parameter.detach().clone() for name, parameter in new.named_parameters()}
    report = transplant(new, old)
    assert fates(report)["encoder.1"] == (True, "")
    assert fates(report)["encoder.2"] == (False, "not in the other model")
    assert report.left_behind == ("decoder.1",)
    for name, parameter in new.named_parameters():
        assert torch.equal(parameter, fresh[name]) == name.startswith("encoder.2") or "norm" in name or "bias" in name
    assert any(line.startswith("encoder.0–1 ") and "taken" in line for line in report.table())


def test_another_shape_is_not_taken_and_told():
    report = transplant(model(vocabulary=24), model())
    assert fates(report)["source_embedding"] == (False, "shape 20×8 there, 24×8 here")
    assert fates(report)["encoder.0"] == (True, "")
    half = transplant(model(feed_forward_width=16), model())
    row = next(row for row in half.rows if row.layer == "encoder.0")
    assert 0 < row.taken < row.weights
    assert any("% taken" in line for line in half.table())


def test_of_a_masked_model_the_encoder_and_the_embeddings_are_taken():
    old = model()
    report = transplant(model(tie_embeddings="decoder"), old, untrained=untrained_by_encoding(old))
    taken = {row.layer for row in report.rows if row.taken}
    assert taken == {"source_embedding", "target_embedding", "encoder.0", "encoder.1", "encoder_norm"}
    assert fates(report)["decoder.0"] == (False, "not trained in the other model")


def test_the_report_as_plain_values():
    values = transplant(model(decoder_layers=1), model()).values()
    assert values["left_behind"] == ["decoder.1"]
    assert values["taken"] == values["weights"] == sum(row["weights"] for row in values["layers"])
