"""Tokenizers as ``transformers`` reads them: ``MarianTokenizer``, which cuts with SentencePiece and has ids of its own.

::

    source.spm, target.spm     how text is cut into pieces
    vocab.json                 piece → id (and target_vocab.json, when there are two vocabularies)
    tokenizer_config.json      special pieces, languages

What this package's SentencePiece tokenizer does around SentencePiece, writing U+2581 and U+0010 as pairs of characters
so that a text may hold them, becomes a rule of the exported model's normaliser.
"""

from pathlib import Path
from typing import Any

import sentencepiece

from dragoman.base.files import write_json
from dragoman.base.symbols import BOS, EOS, PAD, SPECIAL_PIECES, UNK
from dragoman.interop.huggingface.quiet import quietly
from dragoman.tasks.translation import TranslationTask
from dragoman.tokenizers.marian import MarianTokenizer
from dragoman.tokenizers.protocol import Tokenizer
from dragoman.tokenizers.sentencepiece import ESCAPES, SentencePieceTokenizer

SOURCE_SPM, TARGET_SPM = "source.spm", "target.spm"
VOCAB, TARGET_VOCAB = "vocab.json", "target_vocab.json"


def can_be_cut_there(tokenizer: Tokenizer) -> bool:
    """Whether ``MarianTokenizer`` can cut text as ``tokenizer`` does."""
    return isinstance(tokenizer, SentencePieceTokenizer | MarianTokenizer)


def write_tokenizers(task: TranslationTask, path: Path, *, max_length: int) -> None:
    """Write what ``AutoTokenizer`` reads; both tokenizers can be cut there."""
    source, target = task.source_tokenizer, task.target_tokenizer
    (path / SOURCE_SPM).write_bytes(_segmenter(source))
    (path / TARGET_SPM).write_bytes(_segmenter(target))
    write_json(path / VOCAB, _ids(source))
    has_two = _ids(source) != _ids(target)
    files: dict[str, Any] = {"source_spm": SOURCE_SPM, "target_spm": TARGET_SPM, "vocab": VOCAB}
    if has_two:
        write_json(path / TARGET_VOCAB, _ids(target))
        files["target_vocab_file"] = TARGET_VOCAB
    from transformers import MarianTokenizer

    with quietly():
        tokenizer = MarianTokenizer(
            **{name: str(path / file) for name, file in files.items()},
            source_lang=task.source_language,
            target_lang=task.target_language,
            unk_token=SPECIAL_PIECES[UNK],
            bos_token=SPECIAL_PIECES[BOS],
            eos_token=SPECIAL_PIECES[EOS],
            pad_token=SPECIAL_PIECES[PAD],
            model_max_length=max_length,
            separate_vocabs=has_two,
            split_special_tokens=True,  # "</s>" in a text is text
            clean_up_tokenization_spaces=False,
        )
        tokenizer.save_pretrained(path)


def _ids(tokenizer: Tokenizer) -> dict[str, int]:
    return {piece: index for index, piece in enumerate(tokenizer.pieces(range(len(tokenizer))))}


def _segmenter(tokenizer: Tokenizer) -> bytes:
    """The SentencePiece model that cuts as ``tokenizer`` does, its escapes made a rule of the normaliser."""
    if isinstance(tokenizer, MarianTokenizer):
        return tokenizer.model
    assert isinstance(tokenizer, SentencePieceTokenizer)
    from sentencepiece import sentencepiece_model_pb2

    model = sentencepiece_model_pb2.ModelProto.FromString(tokenizer.model)
    sentencepiece.set_min_log_level(3)
    rules = sentencepiece.SentencePieceNormalizer(norm_map=list(ESCAPES.items()))
    spec = sentencepiece_model_pb2.NormalizerSpec.FromString(rules.serialized_normalizer_spec())
    model.normalizer_spec.precompiled_charsmap = spec.precompiled_charsmap
    model.normalizer_spec.name = "dragoman"
    return bytes(model.SerializeToString())
