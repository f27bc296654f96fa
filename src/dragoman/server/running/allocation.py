"""How the process keeps the memory it no longer needs. Knows no more of it than glibc's names.

What decodes asks for the same few large pieces at every step and gives them back. glibc returns such pieces to the
system at once and gets them anew, every page empty: a seventh of the time of a small model. A process that goes on
decoding had better keep them.
"""

import ctypes

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of mallopt(3)
_LARGEST_PIECE = 32 * 2**20
"""What glibc takes at most for the border between pieces it keeps and pieces it returns."""


def keep_freed_memory(*, most_bytes: int) -> bool:
    """Let every arena keep up to ``most_bytes`` that are free at its end; whether that could be arranged.

    Pieces of more than 32 MiB go back to the system as before. Where there is no glibc nothing is done.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    most_bytes = min(most_bytes, 2**31 - 1)
    return bool(mallopt(_MMAP_THRESHOLD, _LARGEST_PIECE)) and bool(mallopt(_TRIM_THRESHOLD, most_bytes))
