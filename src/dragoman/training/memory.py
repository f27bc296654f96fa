"""A batch that does not fit: memory's many errors become one, which says how large the batch was.

PyTorch tells a full GPU by an error of its own, a full main memory by a ``RuntimeError`` with certain words.
What size would fit, this does not know.
"""

import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from torch import cuda

from dragoman.base.errors import OutOfMemoryError
from dragoman.batching.batch import Batch

_WORDS = re.compile(r"out of memory|can't allocate memory|not enough memory")


@contextmanager
def explained(batch: Batch, *, vocabulary: int) -> Iterator[None]:
    """Say which ``batch`` it was when memory runs out inside the block.

    Raises:
        OutOfMemoryError: it did.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and not _WORDS.search(str(error)):
            raise
        rows, source = batch.source.shape
        target = batch.target_input.shape[1]
        shape = f"{rows:,} rows × {source:,} source × {target:,} target ids, vocabulary {vocabulary:,}"
        traceback.clear_frames(error.__traceback__)  # which hold the tensors of the failed update
        if cuda.is_available():
            cuda.empty_cache()
        raise OutOfMemoryError(f"out of memory in a batch of {shape}", rows=rows) from error
