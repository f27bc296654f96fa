"""What is set aside comes back, whatever the text."""

import pytest

from dragoman.base.errors import FileAccessError
from dragoman.corpora.records import Record
from dragoman.corpora.spool import parse, read_blocks, write_spool

RECORDS = [Record("a\nb", "ü \u2028 \x00"), Record('"\\', "\ud800"), Record("", "中文"), Record("a", "b", tag="bt")]


def test_comes_back_in_blocks(tmp_path):
    assert write_spool(RECORDS, tmp_path / "spool") == 4
    blocks = list(read_blocks(tmp_path / "spool", 2))
    assert [len(block) for block in blocks] == [2, 2]
    assert [parse(line) for block in blocks for line in block] == RECORDS


def test_a_place_that_is_not_there_is_told(tmp_path):
    with pytest.raises(FileAccessError):
        write_spool(RECORDS, tmp_path / "no" / "spool")
