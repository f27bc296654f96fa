"""For every test: shapes in signatures are checked, draws are seeded, no test is timed, Ctrl-C works."""

import signal
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

# Before anything imports these rooms: each call then checks its tensors against the shapes in its signature.
install_import_hook(
    ["dragoman.models", "dragoman.decoding", "dragoman.objectives", "dragoman.batching"], "beartype.beartype"
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
