"""What little parallel text and much plain text give: pre-training, back-translation, synonyms, noise, all together.

    python benchmarks/quality/low_resource.py --multi30k data/multi30k --output runs/low-resource-5000 --pairs 5000

Of Multi30k's 29,000 English–German pairs, `--pairs` drawn ones stay parallel. The other lines of both sides become
plain text, each side in an order of its own. Every row is recipes/low-resource-en-de.toml, changed only in what its
name says; each is scored on test_2016_flickr beside the baseline, with paired bootstrap. Stopped and started again,
it goes on where it was. Rows of twice the steps stand beside a baseline of twice the steps.
"""

import argparse
import json
import random
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

RECIPE = Path(__file__).parents[2] / "recipes" / "low-resource-en-de.toml"


class Laboratory:
    """Where the rows' runs go, and how one is made."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.output: Path = arguments.output
        self.multi30k: Path = arguments.multi30k
        self.pairs: int = arguments.pairs
        self.steps: int = arguments.steps
        self.settings: list[str] = [f"training.max_steps={self.steps}", *arguments.set]
        self.longer = f"training.max_steps={2 * self.steps}"
        self.reading = f"training.max_steps={arguments.pretraining_steps}"
        self.real, self.plain = self.output / "data" / "real", self.output / "data" / "plain"

    def prepare(self) -> None:
        """Cut the corpus into pairs and plain text."""
        sides = {language: lines(self.multi30k / f"train.{language}") for language in ("en", "de")}
        order = list(range(len(sides["en"])))
        random.Random(1).shuffle(order)
        self.real.parent.mkdir(parents=True, exist_ok=True)
        for seed, (language, text) in enumerate(sides.items(), start=2):
            rest = order[self.pairs :]
            random.Random(seed).shuffle(rest)
            write(self.real.with_suffix(f".{language}"), [text[index] for index in order[: self.pairs]])
            write(self.plain.with_suffix(f".{language}"), [text[index] for index in rest])

    def train(self, name: str, *settings: str, corpora: Sequence[Path] = ()) -> Path:
        """The finished run of this name: the recipe with ``settings`` laid over it."""
        bundle = self.output / name
        if not is_finished(bundle):
            places = {
                "corpus.train": json.dumps([str(place) for place in corpora or [self.real]]),
                "corpus.validation": json.dumps(str(self.multi30k / "val")),
                "corpus.test": json.dumps(str(self.multi30k / "test_2016_flickr")),
            }
            wanted = [*(f"{key}={value}" for key, value in places.items()), *self.settings, *settings]
            begin = [str(RECIPE), "--output", str(bundle), *(word for one in wanted for word in ("--set", one))]
            dragoman("train", *(["--resume", str(bundle)] if (bundle / "training").is_dir() else begin))
        return bundle


def baseline(laboratory: Laboratory) -> Path:
    return laboratory.train("baseline")


def reverse(laboratory: Laboratory) -> Path:
    return laboratory.train("reverse", *TURNED, laboratory.longer)


def pretrained(laboratory: Laboratory, objective: str) -> Path:
    """A model that has read all the text of both languages."""
    output = laboratory.output / f"pretrained-{objective}"
    if not (output / "training").is_dir():
        recipe = tomllib.loads(RECIPE.read_text("utf-8"))
        shape = [f"{part}.{key}={json.dumps(value)}" for part in SHAPE for key, value in recipe[part].items()]
        texts = [f"{stem}.{language}" for stem in (laboratory.plain, laboratory.real) for language in ("en", "de")]
        wanted = [*shape, *laboratory.settings, *PRETRAINING, laboratory.reading]
        options = [word for one in wanted for word in ("--set", one)]
        dragoman("pretrain", *texts, "--objective", objective, "--output", str(output), *options)
    elif not is_finished(output):
        dragoman("train", "--resume", str(output))
    return output


def masked(laboratory: Laboratory) -> Path:
    return laboratory.train("masked", f"training.init_from={pretrained(laboratory, 'masked')}")


def denoising(laboratory: Laboratory) -> Path:
    return laboratory.train("denoising", f"training.init_from={pretrained(laboratory, 'denoising')}")


def synthetic(laboratory: Laboratory, method: str, model: Path | None = None) -> Path:
    """Back-translations of the German plain text, by the plain reverse model or another."""
    model = model or reverse(laboratory)
    output = laboratory.output / f"synthetic-{method}-by-{model.name}"
    texts = ["--text", f"{laboratory.plain}.de", "--reverse", str(model)]
    dragoman("back-translate", "--generate-only", *texts, "--method", method, "--output", str(output), "--threads", "1")
    return next(output.rglob("bt.en")).with_suffix("")


def back_translation(laboratory: Laboratory, method: str) -> Path:
    corpora = [laboratory.real, synthetic(laboratory, method)]
    return laboratory.train(f"back-translation-{method}", MIXED, corpora=corpora)


def tagged(laboratory: Laboratory) -> Path:
    corpora = [laboratory.real, synthetic(laboratory, "beam")]
    return laboratory.train("back-translation-tagged", MIXED, 'corpus.tags=["", "bt"]', corpora=corpora)


def augmented(laboratory: Laboratory, command: str, *options: str) -> Path:
    """The real pairs and changed copies of them."""
    stem = laboratory.output / "data" / command
    if not stem.with_suffix(".en").is_file():
        languages = ["--source", "en", "--target", "de"]
        dragoman("augment", command, str(laboratory.real), *languages, "--output", str(stem), *options)
    return stem


def synonyms(laboratory: Laboratory) -> Path:
    return laboratory.train("synonyms", corpora=[augmented(laboratory, "synonyms", "--from", "corpus")])


def noise(laboratory: Laboratory) -> Path:
    return laboratory.train("noise", corpora=[augmented(laboratory, "noise", "--share", "0.5")])


def together(laboratory: Laboratory) -> Path:
    """Both directions begin with denoising; the reverse one makes the sources; then real and synthetic pairs."""
    start = f"training.init_from={pretrained(laboratory, 'denoising')}"
    backwards = laboratory.train("reverse-denoising", *TURNED, start)
    corpora = [laboratory.real, synthetic(laboratory, "beam", backwards)]
    return laboratory.train("together", MIXED, start, laboratory.longer, corpora=corpora)


def second_round(laboratory: Laboratory) -> Path:
    """The model of all together goes on, and learns from its own translations of the English plain text as well."""
    first = together(laboratory)
    output = laboratory.output / "synthetic-forward"
    texts = ["--text", f"{laboratory.plain}.en", "--model", str(first)]
    dragoman("self-train", "--generate-only", *texts, "--output", str(output), "--threads", "1")
    forward = next(output.rglob("ft.en")).with_suffix("")
    corpora = [laboratory.real, synthetic(laboratory, "beam", laboratory.output / "reverse-denoising"), forward]
    settings = ["corpus.weights=[1, 1, 1]", f"training.start_from={first}", "schedule.peak=0.002", laboratory.longer]
    return laboratory.train("second-round", *settings, corpora=corpora)


def longer(laboratory: Laboratory) -> Path:
    return laboratory.train("baseline-longer", laboratory.longer)


SHAPE = ("model", "tokenizer", "batching", "schedule")
PRETRAINING = (
    "model.dropout=0.1",
    "training.validate_every=500",
    "training.moving_average=0.99",
)
"""Pre-training has the shape of the model that is to be trained; damaged text is never twice the same."""
MIXED = "corpus.weights=[1, 2]"
"""Real to synthetic."""
TURNED = ("task.source=de", "task.target=en")
ROWS: dict[str, Callable[[Laboratory], Path]] = {
    "baseline": baseline,
    "+ masked language model": masked,
    "+ denoising": denoising,
    "+ back-translation, beam": partial(back_translation, method="beam"),
    "+ back-translation, sampling": partial(back_translation, method="sampling"),
    "+ back-translation, tagged": tagged,
    "+ synonyms": synonyms,
    "+ noise": noise,
}
LONGER_ROWS: dict[str, Callable[[Laboratory], Path]] = {
    "baseline, twice the steps": longer,
    "all together, twice the steps": together,
    "… and a second round": second_round,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--multi30k", type=Path, required=True, help="with train, val, test_2016_flickr (.en, .de)")
    parser.add_argument("--output", type=Path, required=True, help="where data, models and tables go")
    parser.add_argument("--pairs", type=int, default=5000)
    parser.add_argument("--steps", type=int, default=1500, help="updates of a run; some rows take twice as many")
    parser.add_argument("--pretraining-steps", type=int, default=3000, help="updates of a pre-training")
    parser.add_argument("--only", nargs="*", choices=[*ROWS, *LONGER_ROWS], help="rows to make; all by default")
    parser.add_argument("--set", action="append", default=[], help="section.key=value for every run")
    arguments = parser.parse_args()
    laboratory = Laboratory(arguments)
    if not laboratory.real.with_suffix(".en").is_file():
        laboratory.prepare()
    tables = [
        table({name: make(laboratory) for name, make in rows.items() if name in (arguments.only or rows)}, laboratory)
        for rows in (ROWS, LONGER_ROWS)
    ]
    print("\n\n".join(filter(None, tables)))


def table(bundles: dict[str, Path], laboratory: Laboratory) -> str:
    """The scores of the rows in Markdown, each compared with the first."""
    if not bundles:
        return ""
    scores = laboratory.output / "scores.json"
    test = str(laboratory.multi30k / "test_2016_flickr")
    dragoman("evaluate", *map(str, bundles.values()), "--test", test, "--json", str(scores), "--force")
    systems = [system["scores"] for system in json.loads(scores.read_text("utf-8"))["systems"]]
    first = systems[0]["bleu"]["value"]
    rows = ["| row | BLEU | difference (p) | chrF2 (p) |", "|---|---|---|---|"]
    for name, system in zip(bundles, systems, strict=True):
        bleu, chrf = system["bleu"], system["chrf"]
        gain = "" if bleu["p_value"] is None else f"{bleu['value'] - first:+.2f} ({bleu['p_value']:.3f})"
        likewise = "" if chrf["p_value"] is None else f" ({chrf['p_value']:.3f})"
        rows.append(f"| {name} | {bleu['value']:.2f} | {gain} | {chrf['value']:.2f}{likewise} |")
    return "\n".join(rows)


def is_finished(bundle: Path) -> bool:
    """Whether the run came to its end: only then are the shipped weights other than "step N"."""
    manifest = bundle / "manifest.json"
    if not manifest.is_file():
        return False
    weights: str = json.loads(manifest.read_text("utf-8"))["scores"]["validation"]["weights"]
    return not weights.startswith("step ")


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")


def write(path: Path, text: Sequence[str]) -> None:
    path.write_text("".join(line + "\n" for line in text), encoding="utf-8")


def dragoman(*command: str) -> None:
    subprocess.run([sys.executable, "-m", "dragoman", *command], check=True)


if __name__ == "__main__":
    main()
