"""What makes the service quick and changes no answer."""

import itertools
import socket
import subprocess
import sys

from dragoman.server.serving import ServeOptions, _bound
from dragoman.translator.engines.batches import shared_out

KEEPS = """
import ctypes, resource
from dragoman.server.running.allocation import keep_freed_memory
asked = {asked}
assert not asked or keep_freed_memory(most_bytes=64 * 2**20) == hasattr(ctypes.CDLL(None), "mallopt")
for _ in range(50):
    piece = bytearray(4 * 2**20)
    for page in range(0, len(piece), 4096):
        piece[page] = 1
    del piece
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
"""


def test_what_is_accepted_sends_its_answers_at_once():
    with _bound(ServeOptions(port=0)) as door, socket.create_connection(door.getsockname()[:2]):
        accepted, _ = door.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_freed_memory_is_kept_where_the_library_can():
    faults = [
        int(subprocess.run([sys.executable, "-c", KEEPS.format(asked=asked)], capture_output=True, check=True).stdout)
        for asked in (True, False)
    ]
    assert faults[0] <= faults[1]


def test_one_batch_is_shared_out_among_the_workers():
    lengths = [9, 9, 8, 8, 7, 5, 4, 3, 3, 2]
    shared = shared_out([list(range(10))], lengths, 2)
    assert list(itertools.chain(*shared)) == list(range(10))
    assert [sum(lengths[index] for index in batch) for batch in shared] == [34, 24]


def test_nothing_is_shared_out_that_is_small_or_enough():
    assert shared_out([list(range(7))], [1] * 7, 4) == [list(range(7))]
    assert shared_out([[0, 1], [2, 3]], [1] * 4, 2) == [[0, 1], [2, 3]]
    assert shared_out([], [], 2) == []
    assert len(shared_out([list(range(64))], [1] * 64, 4)) == 4
