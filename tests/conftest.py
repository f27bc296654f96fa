"""For every test: shapes in signatures are checked, draws are seeded, no test is timed, Ctrl-C works."""

import io
import json
import signal
import threading
from collections.abc import Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

# Before anything imports these rooms: each call then checks its tensors against the shapes in its signature.
install_import_hook(
    ["dragoman.models", "dragoman.decoding", "dragoman.objectives", "dragoman.batching", "dragoman.interop"],
    "beartype.beartype",
)

import torch  # noqa: E402

torch.set_num_threads(1)

settings.register_profile("untimed", deadline=None)  # a busy machine or a slow disk is no mistake of ours
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def seed():
    """The same random weights and ids in every run of a test."""
    torch.manual_seed(20260101)


@pytest.fixture(autouse=True, scope="session")
def keyboard() -> Iterator[None]:
    """Ctrl-C as in a terminal, also where the tests run in the background and the shell has switched it off."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class FileServer(ThreadingHTTPServer):
    """Serves bytes from memory on this machine, with ranges, and as badly as told.

    Attributes:
        files: path → content.
        etag: what it calls the present version of every file; "" calls it nothing.
        ranges: whether it answers a request for a part with a part.
        cut_after: bytes of an answer after which it hangs up.
        promised: bytes more than there are that it speaks of.
        stall: an event to wait for in the middle of an answer.
        content_type: of every answer.
        asked: (path, the Range header or None) of each request.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answers)
        self.files = {}
        self.etag, self.content_type = '"one"', "application/octet-stream"
        self.ranges, self.cut_after, self.promised, self.stall = True, None, 0, None
        self.asked = []

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        server, part = self.server, self.headers.get("Range")
        server.asked.append((self.path, part))
        if self.path not in server.files:
            self.send_error(404)
            return
        content = server.files[self.path]
        start = int(part.removeprefix("bytes=").removesuffix("-")) if part else 0
        is_part = part and server.ranges and self.headers.get("If-Range") == server.etag
        if is_part and start >= len(content) + server.promised:
            self.send_error(416)
            return
        self.send_response(206 if is_part else 200)
        if is_part:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            content = content[start:]
        if server.etag:
            self.send_header("ETag", server.etag)
        self.send_header("Content-Type", server.content_type)
        self.send_header("Content-Length", str(len(content) + server.promised))
        self.end_headers()
        if server.stall is not None:
            self.wfile.write(content[:10])
            self.wfile.flush()
            server.stall.wait()
            return
        self.wfile.write(content if server.cut_after is None else content[: server.cut_after])

    def log_message(self, format, *arguments):  # noqa: A002
        """Say nothing."""


@pytest.fixture
def file_server() -> Iterator[FileServer]:
    """A web server for this test alone."""
    server = FileServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    if server.stall is not None:
        server.stall.set()
    server.shutdown()
    thread.join()
    server.server_close()


OPUS_SHAPE = {
    "d_model": 16, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 2, "decoder_attention_heads": 2,
    "encoder_ffn_dim": 24, "decoder_ffn_dim": 24, "max_position_embeddings": 64, "activation_function": "swish",
    "scale_embedding": True,
}  # fmt: skip


@cache
def opus_segmentation(side):
    """SentencePiece as OPUS-MT trains it: with normal forms, and ids that nobody uses."""
    import sentencepiece

    from dragoman.corpora import phrasebook

    texts = [getattr(record, side) for record in phrasebook.records("validation")[:300]]
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts), model_writer=model, vocab_size=200, hard_vocab_limit=False, minloglevel=3
    )
    return model.getvalue()


def write_opus_model(path, **shape):
    """A checkpoint like those of OPUS-MT, with random weights: </s> is 0, <pad> is last and starts the target."""
    import sentencepiece
    from transformers import MarianConfig, MarianMTModel

    from dragoman.interop.huggingface.quiet import quietly

    path.mkdir(parents=True)
    pieces = []
    for side, name in (("source", "source.spm"), ("target", "target.spm")):
        (path / name).write_bytes(opus_segmentation(side))
        model = sentencepiece.SentencePieceProcessor(model_proto=opus_segmentation(side))
        pieces += [model.id_to_piece(index) for index in range(3, len(model))]
    known = list(dict.fromkeys(pieces))[:-9]  # SentencePiece knows pieces that the vocabulary does not
    vocabulary = {piece: index for index, piece in enumerate(["</s>", "<unk>", ">>deu<<", *known, "<pad>"])}
    (path / "vocab.json").write_text(json.dumps(vocabulary), "utf-8")
    names = {"source_lang": "eng", "target_lang": "deu", "tokenizer_class": "MarianTokenizer"}
    (path / "tokenizer_config.json").write_text(json.dumps(names), "utf-8")
    last = len(vocabulary) - 1
    torch.manual_seed(3)
    special = {"pad_token_id": last, "decoder_start_token_id": last, "eos_token_id": 0, "forced_eos_token_id": 0}
    with quietly():
        model = MarianMTModel(MarianConfig(vocab_size=len(vocabulary), **special, **{**OPUS_SHAPE, **shape}))
        for parameter in model.parameters():
            parameter.data += 0.2 * torch.randn_like(parameter) if parameter.requires_grad else 0
        model.final_logits_bias += 0.5 * torch.randn_like(model.final_logits_bias)
        model.generation_config.num_beams = 4
        model.save_pretrained(path)
    return path


@pytest.fixture
def opus_model(tmp_path):
    def write(name="opus-mt-en-de", **shape):
        return write_opus_model(tmp_path / name, **shape)

    return write
