"""Files that are sent stay in memory. The web framework alone would write those of more than 1 MiB to the disk."""

import sys

from starlette.formparsers import MultiPartParser


def keep_uploads_in_memory() -> None:
    """For every form of this process; how large one may be is looked at before."""
    MultiPartParser.spool_max_size = sys.maxsize
