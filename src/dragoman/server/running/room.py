"""What a process leaves: memory that nobody holds goes back to the system, and at the end no thread holds it up."""

import ctypes
import gc
import os
import sys
import threading
import time
from contextlib import suppress

MODEL_THREAD = "model"
LOADING_THREAD = "loading"
"""What the names of threads begin with that may be left behind."""
_PATIENCE_SECONDS = 2.0


def release_memory() -> None:
    """Forget what nobody holds, and give back what that leaves, where the C library can do that."""
    gc.collect()
    with suppress(AttributeError, OSError):  # not glibc
        ctypes.CDLL(None).malloc_trim(0)


def leave(code: int) -> None:
    """End the process with ``code`` though a model hangs; to be called when all else is closed.

    Raises:
        SystemExit: the code is not 0.
    """
    deadline = time.monotonic() + (0 if code else _PATIENCE_SECONDS)
    for thread in threading.enumerate():
        if thread.name.startswith((MODEL_THREAD, LOADING_THREAD)):
            thread.join(max(0.05, deadline - time.monotonic()))
            if thread.is_alive():
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
    if code:
        sys.exit(code)
