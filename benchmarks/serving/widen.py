"""A trained model in the size of those that LibreTranslate usually serves: the same function, many more numbers.

How fast a server is with a large model cannot be seen with a small one, and an untrained one never ends its sentences.
So a trained pre-norm Transformer is widened without changing what it says (Chen et al. 2016, "Net2Net: Accelerating
Learning via Knowledge Transfer"): every unit is there several times and counts for as many parts, heads too, and
further layers add nothing. The shape is that of Transformer base, as Argos' packages have it: width 512, 2,048 in
between, six layers on each side. The vocabulary stays as it is.

    python benchmarks/serving/widen.py trained/ wide/ && dragoman export wide/ wide-quick/ --to ctranslate2
"""

import argparse
import re
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
    wide = {}
    between = BETWEEN // narrow["feed_forward_width"]
    for name, value in weights.items():
        if name == "source_embedding.weight":
            embedding = value.repeat(1, times)
            for copy in ("source_embedding.weight", "target_embedding.weight"):
                wide[copy] = embedding * times**-0.5
            wide["output.weight"] = embedding / times
        elif name in ("target_embedding.weight", "output.weight"):
            continue  # the same one
        elif "feed_forward.input" in name:
            wide[name] = value.repeat(between, times) / times if value.dim() == 2 else value.repeat(between)
        elif "feed_forward.output" in name:
            wide[name] = value.repeat(times, between) / between if value.dim() == 2 else value.repeat(times)
        elif re.search(r"attention\.input\.", name):
            wide[name] = torch.cat([_repeated(part, times) for part in value.chunk(3)])
        else:
            wide[name] = _repeated(value, times)
    for side in ("encoder", "decoder"):
        for layer in range(narrow[f"{side}_layers"], LAYERS):
            for name in [name for name in wide if name.startswith(f"{side}.0.")]:
                further = name.replace(f"{side}.0.", f"{side}.{layer}.")
                wide[further] = torch.zeros_like(wide[name]) if ".output." in name else wide[name].clone()
    table = sinusoids(narrow["max_length"], narrow["width"]).repeat(1, times)
    return {**wide, "source_positions.table": table, "target_positions.table": table.clone()}


def _repeated(value: Tensor, times: int) -> Tensor:
    return value.repeat(times, times) / times if value.dim() == 2 else value.repeat(times)


if __name__ == "__main__":
    main()
