"""How each system is told to train the same model on the same pieces, and how its own log is read."""

import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RECIPE = HERE.parent / "speed.toml"
ENDLESS = 100_000
SPECIALS = {"unk": 0, "pad": 1, "bos": 2, "eos": 3}
SPECIAL_PIECES = {"unk": "<unk>", "pad": "<pad>", "bos": "<s>", "eos": "</s>"}


def shape(width: int, feed_forward_width: int, heads: int, layers: int, dropout: float) -> dict[str, Any]:
    return {
        "width": width,
        "feed_forward_width": feed_forward_width,
        "heads": heads,
        "layers": layers,
        "dropout": dropout,
        "label_smoothing": 0.1,
    }


SHAPES = {
    "small": shape(128, 256, 4, 4, 0.3),
    "base": shape(512, 2048, 8, 6, 0.1),
    "big": shape(1024, 4096, 16, 6, 0.3),
}


@dataclass(frozen=True)
class Work:
    """What every system is given.

    Attributes:
        folder: holds train.* and val.* as text and as pieces, and the vocabulary.
        source, target: languages.
        threads: of each process.
        sentences: mean number of sentences in a batch, for a system that cannot count ids.
        workers: processes in which a peer makes its batches; 0 for its training process itself.
        dragoman_options: further arguments of ``dragoman train``.
        joeynmt_tokens: JoeyNMT's batch, padding counted.
        ranks: processes of ``dragoman-ranks``.
        device: cpu or cuda.
        precision: of products: fp32 or bf16 (JoeyNMT, which has no bf16: fp16).
        max_tokens: ids in a batch.
        shape: of the model.
    """

    folder: Path
    source: str
    target: str
    threads: int
    sentences: int
    workers: int = 0
    joeynmt_tokens: int = 4096
    dragoman_options: tuple[str, ...] = ()
    ranks: int = 2
    device: str = "cpu"
    precision: str = "fp32"
    max_tokens: int = 4096
    shape: dict[str, Any] = field(default_factory=lambda: SHAPES["small"])

    def pieces(self, split: str, language: str) -> str:
        return str(self.folder / f"{split}.pieces.{language}")


Arguments = Callable[[Work, Path], list[str]]


def write(values: dict[str, Any], path: Path) -> str:
    """Settings as JSON, which every YAML reader takes too."""
    path.write_text(json.dumps(values, indent=2))
    return str(path)


def dragoman_arguments(work: Work, run: Path) -> list[str]:
    settings = {
        "corpus.train": json.dumps([str(work.folder / "train")]),
        "corpus.validation": json.dumps(str(work.folder / "val")),
        "task.source": json.dumps(work.source),
        "task.target": json.dumps(work.target),
        "compute.threads": str(work.threads),
        "compute.device": json.dumps(work.device),
        "compute.precision": json.dumps(work.precision),
        "batching.max_tokens": str(work.max_tokens),
        "objective.label_smoothing": str(work.shape["label_smoothing"]),
        "model.encoder_layers": str(work.shape["layers"]),
        "model.decoder_layers": str(work.shape["layers"]),
        **{f"model.{name}": str(work.shape[name]) for name in ("width", "feed_forward_width", "heads", "dropout")},
    }
    given = [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]
    return ["train", str(RECIPE), "--output", str(run / "model"), *given, *work.dragoman_options]


JOEYNMT_TRAINING: dict[str, Any] = {
    "optimizer": "adamw",
    "normalization": "tokens",
    "adam_betas": [0.9, 0.98],
    "scheduling": "warmupinversesquareroot",
    "learning_rate_warmup": 2000,
    "loss": "crossentropy",
    "learning_rate": 0.004,
    "learning_rate_min": 0.0,
    "weight_decay": 0.0,
    "clip_grad_norm": 1.0,
    "batch_type": "token",
    "early_stopping_metric": "bleu",
    "epochs": ENDLESS,
    "validation_freq": ENDLESS,
    "logging_freq": 5,
    "overwrite": True,
    "shuffle": True,
    "print_valid_sents": [0],
    "keep_best_ckpts": 1,
}

JOEYNMT_FIRST_WEIGHTS: dict[str, Any] = {
    "initializer": "xavier_uniform",
    "embed_initializer": "xavier_uniform",
    "embed_init_gain": 1.0,
    "init_gain": 1.0,
    "bias_initializer": "zeros",
    "tied_embeddings": True,
    "tied_softmax": True,
}


def joeynmt_arguments(work: Work, run: Path) -> list[str]:
    shape = work.shape
    languages = {
        side: {
            "lang": language,
            "level": "word",  # the pieces are cut already; its own cutting would be done again every epoch
            "lowercase": False,
            "normalize": False,
            "max_length": 200,
            "voc_min_freq": 1,
            "voc_file": str(work.folder / "vocabulary.joeynmt"),
        }
        for side, language in (("src", work.source), ("trg", work.target))
    }
    part = {
        "type": "transformer",
        "num_layers": shape["layers"],
        "num_heads": shape["heads"],
        "embeddings": {"embedding_dim": shape["width"], "scale": True, "dropout": 0.0},
        "hidden_size": shape["width"],
        "ff_size": shape["feed_forward_width"],
        "dropout": shape["dropout"],
        "layer_norm": "pre",
    }
    values = {
        "name": "speed",
        "joeynmt_version": "2.3.0",
        "model_dir": str(run / "model"),
        "use_cuda": work.device == "cuda",
        "fp16": work.precision == "bf16",  # the half precision that it has
        "random_seed": 1,
        "num_workers": work.workers,
        "data": {
            "train": str(work.folder / "train.pieces"),
            "dev": str(work.folder / "val.pieces"),
            "dataset_type": "plain",
            **languages,
            "special_symbols": {
                **{f"{name}_token": piece for name, piece in SPECIAL_PIECES.items()},
                **{f"{name}_id": number for name, number in SPECIALS.items()},
            },
        },
        "testing": {"beam_size": 1, "batch_size": 1024, "batch_type": "token", "eval_metrics": ["bleu"]},
        "training": {
            **JOEYNMT_TRAINING,
            "batch_size": work.joeynmt_tokens,
            "label_smoothing": shape["label_smoothing"],
        },
        "model": {**JOEYNMT_FIRST_WEIGHTS, "encoder": part, "decoder": part},
    }
    return ["train", write(values, run / "joeynmt.yaml"), "--skip-test"]


EOLE_TRAINING: dict[str, Any] = {
    "batch_type": "tokens",
    "normalization": "tokens",
    "train_steps": ENDLESS,
    "valid_steps": ENDLESS,
    "save_checkpoint_steps": ENDLESS,
    "optim": "adamw",
    "adam_beta2": 0.98,
    "learning_rate": 2.0,
    "decay_method": "noam",
    "warmup_steps": 2000,
    "max_grad_norm": 1.0,
    "dropout_steps": [0],
    "attention_dropout": [0.0],
    "bucket_size": 30000,  # the whole corpus: batches of like length over all of it
}


def eole_arguments(work: Work, run: Path) -> list[str]:
    shape = work.shape
    values = {
        "seed": 1,
        "share_vocab": True,
        "save_data": str(run),
        "src_vocab": str(work.folder / "vocabulary.eole"),
        "tgt_vocab": str(work.folder / "vocabulary.eole"),
        "src_vocab_size": 8000,
        "tgt_vocab_size": 8000,
        "overwrite": True,
        "n_sample": 0,
        "report_every": 5,
        "data": {
            "corpus_1": {"path_src": work.pieces("train", work.source), "path_tgt": work.pieces("train", work.target)},
            "valid": {"path_src": work.pieces("val", work.source), "path_tgt": work.pieces("val", work.target)},
        },
        "training": {
            **EOLE_TRAINING,
            "model_path": str(run / "model"),
            "label_smoothing": shape["label_smoothing"],
            "dropout": [shape["dropout"]],
            "num_workers": work.workers,
            "batch_size": work.max_tokens,
            "compute_dtype": work.precision,
            **({"world_size": 1, "gpu_ranks": [0]} if work.device == "cuda" else {"world_size": 0}),
        },
        "model": {
            "architecture": "transformer",
            "hidden_size": shape["width"],
            "layers": shape["layers"],
            "heads": shape["heads"],
            "transformer_ff": shape["feed_forward_width"],
            "share_embeddings": True,
            "share_decoder_embeddings": True,
            "embeddings": {"word_vec_size": shape["width"], "position_encoding_type": "SinusoidalInterleaved"},
        },
    }
    return ["train", "-c", write(values, run / "eole.yaml")]


def huggingface_arguments(work: Work, run: Path) -> list[str]:
    values = {
        **work.shape,
        "source": work.pieces("train", work.source),
        "target": work.pieces("train", work.target),
        "vocabulary": str(work.folder / "vocabulary"),
        "output": str(run / "model"),
        "sentences": work.sentences,
        "workers": work.workers,
        "use_cpu": work.device == "cpu",
        "bf16": work.precision == "bf16",
        "grouping": {"train_sampling_strategy": "group_by_length"},
    }
    return [write(values, run / "huggingface.json")]


@dataclass(frozen=True)
class System:
    """One system of the comparison.

    Attributes:
        metered: its name in meter.py.
        arguments: of its own command; writes the configuration it needs.
        loss, rate: how its own log names the loss and the target tokens per second (None: it does not).
    """

    metered: str
    arguments: Arguments
    loss: str
    rate: str | None = None


NUMBER = r"([0-9.]+(?:e[+-]?\d+)?)"
DRAGOMAN = System("dragoman", dragoman_arguments, rf'"loss": {NUMBER}', rf'"tokens_per_second": {NUMBER}')
SYSTEMS = {
    "dragoman": DRAGOMAN,
    "dragoman-ranks": DRAGOMAN,
    "eole": System("eole", eole_arguments, rf"xent: {NUMBER}", rf"\d/ *{NUMBER} tok/s"),
    "joeynmt": System("joeynmt", joeynmt_arguments, rf"Batch Loss: +{NUMBER}", rf"Tokens per Sec: +{NUMBER}"),
    "huggingface": System("huggingface", huggingface_arguments, rf"'loss': '?{NUMBER}"),
}


def command(name: str, python: Path, work: Work, run: Path, *, seconds: float, warm_up_steps: int) -> list[str]:
    """The command line of one turn, which ends by itself and leaves ``run``/report.*.json."""
    system = SYSTEMS[name]
    start = [str(python)]
    if name == "dragoman-ranks":
        start = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={work.ranks}"]
    meter = [str(HERE / "meter.py"), system.metered, str(run / "report"), str(seconds), str(warm_up_steps)]
    return [*start, *meter, *system.arguments(work, run)]


def own_log(name: str, run: Path) -> tuple[list[float], list[float]]:
    """Losses and target tokens per second as the system itself wrote them, in order."""
    system = SYSTEMS[name]
    found = list((run / "model").rglob("metrics.jsonl")) if system is DRAGOMAN else [run / "log"]
    text = "".join(path.read_text(encoding="utf-8", errors="replace") for path in found)
    rates = re.findall(system.rate, text) if system.rate else []
    return [float(value) for value in re.findall(system.loss, text)], [float(value) for value in rates]
