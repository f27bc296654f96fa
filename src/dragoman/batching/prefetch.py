"""Things made ready ahead of time, in a thread. It does not know what they are.

The thread sleeps while enough is ready. Building batches is work for the interpreter while the model's operators run
outside of it, so the two overlap; what is built does not depend on when, because randomness comes from keys.
"""

import contextlib
import queue
import threading
from collections.abc import Iterator
from typing import TypeVar

T = TypeVar("T")
_END = object()
_LOOK_SECONDS = 0.1


class _Failure:
    def __init__(self, error: BaseException) -> None:
        self.error = error


def ahead(items: Iterator[T], depth: int) -> Iterator[T]:
    """The same ``items``, up to ``depth`` of them made before they are asked for; 0 makes none.

    An error in making one is raised where it would have come. Closing the iterator (or forgetting it) ends the thread.
    """
    if not depth:
        yield from items
        return
    ready: queue.Queue[object] = queue.Queue(maxsize=depth)
    stop = threading.Event()
    maker = threading.Thread(target=_make, args=(items, ready, stop), name="dragoman-prefetch", daemon=True)
    maker.start()
    try:
        while (item := ready.get()) is not _END:
            if isinstance(item, _Failure):
                raise item.error
            yield item  # type: ignore[misc]
    finally:
        stop.set()
        with contextlib.suppress(queue.Empty):
            while True:
                ready.get_nowait()
        maker.join()


def _make(items: Iterator[object], ready: "queue.Queue[object]", stop: threading.Event) -> None:
    """Put all ``items`` and then the end, or the error that ended them; give up when told to stop."""
    try:
        for item in items:
            if not _put(item, ready, stop):
                return
        _put(_END, ready, stop)
    except BaseException as error:  # raised again where the item is waited for
        _put(_Failure(error), ready, stop)


def _put(item: object, ready: "queue.Queue[object]", stop: threading.Event) -> bool:
    while not stop.is_set():
        with contextlib.suppress(queue.Full):
            ready.put(item, timeout=_LOOK_SECONDS)
            return True
    return False
