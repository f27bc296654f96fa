"""A trained model in the size of those that LibreTranslate usually serves: the same function, many more numbers.

How fast a server is with a large model cannot be seen with a small one, and an untrained one never ends its sentences.
So a trained pre-norm Transformer is widened without changing what it says (Chen et al. 2016, "Net2Net: Accelerating
Learning via Knowledge Transfer"): every unit is there several times and counts for as many parts, heads too, and
further layers add nothing. The shape is that of Transformer base, as Argos' packages have it: width 512, 2,048 in
between, six layers on each side. The vocabulary stays as it is.

    python benchmarks/serving/widen.py trained/ wide/ && dragoman export wide/ wide-quick/ --to ctranslate2
"""

import argparse
from pathlib import Path

import torch
from torch import Tensor

from dragoman.models.positions import sinusoids
from dragoman.translator.bundle import Bundle, build_model, load_bundle, save_bundle

WIDTH, BETWEEN, LAYERS = 512, 2048, 6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("wide", type=Path)
    options = parser.parse_args()
    bundle = load_bundle(options.bundle)
    narrow = bundle.recipe["model"]
    if (narrow["norm_order"], narrow["positions"], narrow["tie_embeddings"]) != ("pre", "sinusoidal", "all"):
        raise SystemExit("only pre-norm models with sinusoidal positions and one embedding can be widened here")
    times = WIDTH // narrow["width"]
    shape = {"width": WIDTH, "heads": narrow["heads"] * times, "feed_forward_width": BETWEEN}
    layers = {"encoder_layers": LAYERS, "decoder_layers": LAYERS}
    recipe = {**narrow, **shape, **layers, "positions": "learned", "tie_embeddings": "none"}
    weights = widened(bundle.model.state_dict(), narrow, times)
    vocabulary = len(bundle.task.source_tokenizer)
    model = build_model(recipe, source_vocabulary=vocabulary, target_vocabulary=vocabulary)
    model.load_state_dict(weights)
    save_bundle(Bundle(bundle.task, model, {**bundle.recipe, "model": recipe}), options.wide)


def widened(weights: dict[str, Tensor], narrow: dict, times: int) -> dict[str, Tensor]:
    """The weights of the wide model."""
    embedding = weights["source_embedding.weight"].repeat(1, times)
    scaled = embedding * times**-0.5  # it is multiplied by the square root of the width
    wide = {"source_embedding.weight": scaled, "target_embedding.weight": scaled.clone()}
    wide["output.weight"] = embedding / times
    between = BETWEEN // narrow["feed_forward_width"]
    for name, value in weights.items():
        if name in wide:
            continue
        if ".feed_forward." in name:
            outer, inner = (between, times) if ".input." in name else (times, between)
            wide[name] = _repeated(value, outer, inner)
        elif "attention.input." in name:  # queries, keys and values
            wide[name] = torch.cat([_repeated(part, times, times) for part in value.chunk(3)])
        else:
            wide[name] = _repeated(value, times, times)
    for side in ("encoder", "decoder"):
        for layer in range(narrow[f"{side}_layers"], LAYERS):
            for name in [name for name in wide if name.startswith(f"{side}.0.")]:
                further = name.replace(f"{side}.0.", f"{side}.{layer}.")
                wide[further] = torch.zeros_like(wide[name]) if ".output." in name else wide[name].clone()
    table = sinusoids(narrow["max_length"], narrow["width"]).repeat(1, times)
    return {**wide, "source_positions.table": table, "target_positions.table": table.clone()}


def _repeated(value: Tensor, outer: int, inner: int) -> Tensor:
    """Every output ``outer`` times; every input ``inner`` times, each counting for as many parts."""
    return value.repeat(outer, inner) / inner if value.dim() == 2 else value.repeat(outer)


if __name__ == "__main__":
    main()
