"""Hugging Face's Seq2SeqTrainer on a small Marian model with random weights. Started by meter.py.

    huggingface SETTINGS.json

The trainer has no batches by number of ids, so a batch is a fixed number of sentences of like length
(its own ``group_by_length``), as many as the others have in the mean.
"""

import json
import sys
from pathlib import Path

import torch
from torch.nn.utils.rnn import pad_sequence
from transformers import MarianConfig, MarianMTModel, Seq2SeqTrainer, Seq2SeqTrainingArguments
from transformers.models.marian.modeling_marian import shift_tokens_right

PAD, EOS, BOS = 0, 3, 2

Example = dict[str, list[int]]


def read_examples(settings: dict[str, str]) -> tuple[list[Example], int]:
    """The pieces as ids, and how many ids there are."""
    pieces = Path(settings["vocabulary"]).read_text(encoding="utf-8").split("\n")[:-1]
    ids = {piece: number for number, piece in enumerate(pieces)}
    sides = [Path(settings[side]).read_text(encoding="utf-8").split("\n")[:-1] for side in ("source", "target")]
    rows = [[[*(ids[piece] for piece in line.split(" ")), EOS] for line in side] for side in sides]
    return [{"input_ids": s, "labels": t} for s, t in zip(*rows, strict=True)], len(pieces)


def collate(examples: list[Example]) -> dict[str, torch.Tensor]:
    sources, targets = (
        pad_sequence([torch.tensor(example[side]) for example in examples], batch_first=True, padding_value=value)
        for side, value in (("input_ids", PAD), ("labels", -100))
    )
    inputs = shift_tokens_right(targets, PAD, BOS)
    return {
        "input_ids": sources,
        "attention_mask": (sources != PAD).long(),
        "labels": targets,
        "decoder_input_ids": inputs,
    }


def make_model(settings: dict[str, int], vocabulary: int) -> MarianMTModel:
    sides = ("encoder", "decoder")
    return MarianMTModel(
        MarianConfig(
            vocab_size=vocabulary,
            d_model=settings["width"],
            **{f"{side}_layers": settings["layers"] for side in sides},
            **{f"{side}_attention_heads": settings["heads"] for side in sides},
            **{f"{side}_ffn_dim": settings["feed_forward_width"] for side in sides},
            dropout=settings["dropout"],
            attention_dropout=0.0,
            activation_dropout=0.0,
            activation_function="relu",
            scale_embedding=True,
            max_position_embeddings=256,
            tie_word_embeddings=True,
            share_encoder_decoder_embeddings=True,
            use_cache=False,
            pad_token_id=PAD,
            eos_token_id=EOS,
            bos_token_id=BOS,
            decoder_start_token_id=BOS,
            forced_eos_token_id=None,
        )
    )


def main() -> None:
    settings = json.loads(Path(sys.argv[1]).read_text())
    examples, vocabulary = read_examples(settings)
    torch.manual_seed(1)
    model = make_model(settings, vocabulary)
    print(f"attention: {model.config._attn_implementation}", flush=True)
    arguments = Seq2SeqTrainingArguments(
        output_dir=settings["output"],
        per_device_train_batch_size=settings["sentences"],
        max_steps=100_000,
        learning_rate=0.004,
        lr_scheduler_type="cosine",
        warmup_steps=2000,
        adam_beta2=0.98,
        optim="adamw_torch_fused",
        label_smoothing_factor=settings["label_smoothing"],
        logging_steps=5,
        save_strategy="no",
        eval_strategy="no",
        report_to="none",
        disable_tqdm=True,
        use_cpu=settings["use_cpu"],
        bf16=settings["bf16"],
        remove_unused_columns=False,
        dataloader_num_workers=settings["workers"],
        **settings["grouping"],
    )
    Seq2SeqTrainer(model=model, args=arguments, train_dataset=examples, data_collator=collate).train()


if __name__ == "__main__":
    main()
