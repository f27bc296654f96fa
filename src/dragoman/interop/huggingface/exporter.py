"""A bundle as a model of ``transformers``: a directory for ``from_pretrained``, compared as soon as it is written.

It knows which architectures there can hold which of ours, and what has to be said where none can.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from torch import Tensor

from dragoman.base.files import write_json
from dragoman.base.symbols import BOS, EOS, PAD, UNK
from dragoman.interop.huggingface.comparison import compare
from dragoman.interop.huggingface.quiet import quietly
from dragoman.interop.huggingface.tokenizer_files import can_be_cut_there, write_tokenizers
from dragoman.interop.huggingface.weights import embeddings_there, layers_there
from dragoman.interop.plain import VOCABULARY, vocabularies
from dragoman.interop.protocol import NoOptions
from dragoman.models.transformer import Transformer, TransformerConfig
from dragoman.tasks.translation import TranslationTask
from dragoman.translator.bundle import Bundle
from dragoman.translator.manifest import save_task

_ACTIVATIONS = {"relu": "relu", "gelu": "gelu", "silu": "silu"}


class HuggingFaceExport:
    """A directory that ``transformers`` loads: a Marian model, or a Pegasus model for pre-norm Transformers."""

    config_type: ClassVar[type[NoOptions]] = NoOptions
    needs: ClassVar[tuple[str, ...]] = ("transformers", "google.protobuf")
    extra: ClassVar[str] = "huggingface"

    def __init__(self, config: NoOptions) -> None:
        self._config = config

    def refusal(self, bundle: Bundle) -> str | None:
        """What of the model no architecture there has."""
        if not isinstance(bundle.task, TranslationTask):
            return "it was only pre-trained, and Marian and Pegasus models are there to translate"
        if not isinstance(bundle.model, Transformer):
            return f"transformers has no model like the {bundle.recipe['model']['kind']} ones"
        config = bundle.model.config
        if config.positions != "sinusoidal":
            return f"its positions are {config.positions}; Marian and Pegasus models have sinusoidal ones"
        if config.norm != "layer":
            return f"its norm is {config.norm}; Marian and Pegasus models have layer norms"
        if config.activation not in _ACTIVATIONS:
            return f"its activation is {config.activation}, which is gated; theirs are not"
        if config.width_per_head * config.heads != config.width:
            return (
                f"its {config.heads} heads of {config.width_per_head} are not its width of {config.width}; theirs are"
            )
        if config.width % 2:
            return f"its width is {config.width}; Marian and Pegasus models have as many sines as cosines"
        return None

    def write(self, bundle: Bundle, path: Path) -> None:
        """Write model, tokenizers and the usual way to decode."""
        model = bundle.model
        assert isinstance(model, Transformer)
        assert isinstance(bundle.task, TranslationTask)
        with quietly():
            _make(bundle.task, model).save_pretrained(path)
        write_json(path / "generation_config.json", _generation(bundle.recipe["decoding"], model.max_length))
        if _can_be_cut_there(bundle.task):
            write_tokenizers(bundle.task, path, max_length=model.max_length)
        else:
            save_task(bundle.task, path)
        write_json(path / VOCABULARY, vocabularies(bundle))

    def verify(self, bundle: Bundle, path: Path, samples: Sequence[str]) -> str:
        """Ids, logits, greedy and beam search of ``samples``, loaded as any user of ``transformers`` would."""
        assert isinstance(bundle.task, TranslationTask)
        assert isinstance(bundle.model, Transformer)
        with quietly():
            return compare(bundle.task, bundle.model, path, samples, with_tokenizer=_can_be_cut_there(bundle.task))


def _can_be_cut_there(task: TranslationTask) -> bool:
    return can_be_cut_there(task.source_tokenizer) and can_be_cut_there(task.target_tokenizer)


def _make(task: TranslationTask, model: Transformer) -> Any:
    """The model there, with the weights of ours in it."""
    from transformers import MarianConfig, MarianMTModel, PegasusConfig, PegasusForConditionalGeneration

    config = model.config
    sizes = len(task.source_tokenizer), len(task.target_tokenizer)
    weights: dict[str, Tensor] = {name: weight.detach().cpu() for name, weight in model.named_parameters()}
    if config.norm_order == "post":
        shape = {
            "vocab_size": sizes[0],
            "decoder_vocab_size": sizes[1],
            "share_encoder_decoder_embeddings": config.tie_embeddings == "all",
            "tie_word_embeddings": config.tie_embeddings != "none",
        }
        made = MarianMTModel(MarianConfig(**shape, **_shape(config)))
        rows = 0
    else:
        rows = max(sizes)
        made = PegasusForConditionalGeneration(
            PegasusConfig(vocab_size=rows, tie_word_embeddings=config.tie_embeddings == "all", **_shape(config))
        )
    given = layers_there(config, weights) | embeddings_there(config, weights, rows)
    own = made.state_dict()
    made.load_state_dict(own | {name: weight for name, weight in given.items() if name in own})
    return made.eval()


def _shape(config: TransformerConfig) -> dict[str, Any]:
    """What the configurations of both architectures have in common."""
    return {
        "d_model": config.width,
        "encoder_layers": config.encoder_layers,
        "decoder_layers": config.decoder_layers,
        "encoder_attention_heads": config.heads,
        "decoder_attention_heads": config.heads,
        "encoder_ffn_dim": config.feed_forward_width,
        "decoder_ffn_dim": config.feed_forward_width,
        "activation_function": _ACTIVATIONS[config.activation],
        "dropout": config.dropout,
        "attention_dropout": config.attention_dropout,
        "activation_dropout": config.activation_dropout,
        "max_position_embeddings": config.max_length,
        "scale_embedding": True,
        "pad_token_id": PAD,
        "bos_token_id": BOS,
        "eos_token_id": EOS,
        "decoder_start_token_id": BOS,
        "forced_eos_token_id": None,
    }


def _generation(decoding: dict[str, Any], max_length: int) -> dict[str, Any]:
    """The bundle's way to decode in ``generate``'s terms; of length penalties it has a power of the length only."""
    alpha = 0.0 if decoding["length_penalty"] == "none" else decoding["length_penalty_alpha"]
    return {
        "pad_token_id": PAD,
        "bos_token_id": BOS,
        "eos_token_id": EOS,
        "decoder_start_token_id": BOS,
        "suppress_tokens": [PAD, UNK, BOS],
        "begin_suppress_tokens": [EOS],
        "num_beams": decoding["beam"],
        "length_penalty": alpha,
        "no_repeat_ngram_size": decoding["no_repeated_ngram"],
        "early_stopping": True,
        "max_length": max_length,
    }
