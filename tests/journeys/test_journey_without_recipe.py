"""From a translation memory to a model, nothing else said."""

import tomllib


def write_tmx(path, pairs):
    units = "".join(
        f'<tu><tuv xml:lang="EN-us"><seg>{source}</seg></tuv><tuv xml:lang="de"><seg>{target}</seg></tuv></tu>\n'
        for source, target in pairs
    )
    path.write_text(f'<?xml version="1.0"?>\n<tmx version="1.4"><header srclang="en"/><body>{units}</body></tmx>\n')
    return path


def test_a_memory_becomes_a_model(tmp_path, pairs, dragoman):
    memory = write_tmx(tmp_path / "memory.tmx", pairs)
    small = ["training.max_steps=4", "model.width=32", "model.encoder_layers=1", "model.decoder_layers=1"]
    small += ["model.feed_forward_width=32", "decoding.beam=1", "decoding.max_length_ratio=1.0"]
    changes = [word for setting in small for word in ("--set", setting)]
    result = dragoman("train", memory, "--source", "en", "--target", "de", "--output", tmp_path / "model", *changes)
    assert result.code == 0, result.err
    assert f"{memory}: 300 pairs" in result.err
    assert "the less text, the more" in result.err
    assert f"dragoman translate {tmp_path / 'model'}" in result.err
    recipe = tomllib.loads((tmp_path / "model" / "training" / "recipe.toml").read_text(encoding="utf-8"))
    assert recipe["corpus"]["train"] == [str(memory)]
    assert recipe["training"]["max_steps"] == 4
    assert (tmp_path / "model" / "training" / "curve.png").stat().st_size > 1000
    (tmp_path / "in.txt").write_text("Hello world!\n")
    assert dragoman("translate", tmp_path / "model", tmp_path / "in.txt").out.count("\n") == 1
    # the recipe that was written does the same again
    again = dragoman("train", tmp_path / "model" / "training" / "recipe.toml", "-o", tmp_path / "again")
    assert again.code == 0, again.err
    names = [[path.name for path in (tmp_path / model).glob("weights-*")] for model in ("model", "again")]
    assert names[0] == names[1]


def test_a_very_small_corpus_still_finds_its_validation(tmp_path, pairs, dragoman):
    memory = write_tmx(tmp_path / "memory.tmx", pairs[:60])
    small = ["training.max_steps=1", "model.width=16", "decoding.beam=1", "decoding.max_length_ratio=0.5"]
    changes = [word for setting in small for word in ("--set", setting)]
    result = dragoman("train", memory, "--source", "en", "--target", "de", "-o", tmp_path / "model", *changes)
    assert result.code == 0, result.err
    assert "12 validation pairs" in result.err
