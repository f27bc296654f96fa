"""A store gives back what was put in, and knows when it is not what was put in."""

import errno
import gc
import json
import os

import numpy as np
import pytest

from dragoman.base.errors import DamagedFileError, EmptyCorpusError, FileAccessError
from dragoman.batching import store as module
from dragoman.batching.example import Example
from dragoman.batching.store import Block, ListedExamples, open_store, write_store

EXAMPLES = [Example(list(range(4, 5 + number % 7)), list(range(9, 10 + number % 3))) for number in range(50)]


def write(path, examples):
    with write_store(path, fingerprint="", vocabulary_size=9) as writer:
        writer.begin_corpus()
        writer.add(block(examples))


def block(examples):
    ids = [one for example in examples for one in (*example.source, *example.target)]
    lengths = np.array([(len(example.source), len(example.target)) for example in examples], dtype=np.uint32)
    lengths = lengths.reshape(-1, 2)
    return Block(np.array(ids, dtype=np.uint32), lengths[:, 0], lengths[:, 1])


@pytest.fixture
def path(tmp_path):
    with write_store(tmp_path / "store", fingerprint="f", vocabulary_size=100) as writer:
        writer.begin_corpus()
        writer.add(block(EXAMPLES[:20]))
        writer.add(block(EXAMPLES[20:30]))
        writer.begin_corpus()
        writer.add(block(EXAMPLES[30:]))
        writer.about["word"] = "ü"
    return tmp_path / "store"


def test_gives_back_what_was_put_in(path):
    store = open_store(path)
    assert [store[number] for number in range(50)] == EXAMPLES
    assert len(store) == 50
    assert store.sizes == (30, 20)
    assert (store.fingerprint, store.about["word"]) == ("f", "ü")
    assert store.source_ids == sum(len(example.source) for example in EXAMPLES)
    assert store.target_ids == sum(len(example.target) for example in EXAMPLES)
    assert store.bytes_on_disk == 2 * (store.source_ids + store.target_ids) + 16 * 50
    with pytest.raises(IndexError):
        store[50]


def test_lengths_in_any_order_and_part_by_part(path, monkeypatch):
    monkeypatch.setattr(module, "_MAPPED_BYTES", 160)
    wanted = np.array([49, 0, 17, 17, 3])
    expected = [[len(EXAMPLES[number].source), len(EXAMPLES[number].target)] for number in wanted]
    assert open_store(path).lengths(wanted).tolist() == expected
    assert ListedExamples(EXAMPLES).lengths(wanted).tolist() == expected
    assert open_store(path).count_longer(5) == sum(len(example.source) > 5 for example in EXAMPLES)


@pytest.mark.parametrize(("size", "bytes_of_an_id"), [(65_536, 2), (65_537, 4)])
def test_large_vocabularies_take_wider_ids(tmp_path, size, bytes_of_an_id):
    example = Example([size - 1, 3], [3])
    with write_store(tmp_path / "store", fingerprint="", vocabulary_size=size) as writer:
        writer.begin_corpus()
        writer.add(block([example]))
    assert open_store(tmp_path / "store")[0] == example
    assert (tmp_path / "store" / "ids.bin").stat().st_size == 3 * bytes_of_an_id


def flip(file):
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


@pytest.mark.parametrize("name", ["ids.bin", "index.bin", "manifest.json"])
@pytest.mark.parametrize("damage", [flip, lambda file: file.write_bytes(file.read_bytes()[:-5])])
def test_damage_is_found(path, name, damage):
    damage(path / name)
    with pytest.raises(DamagedFileError, match=name):
        open_store(path)


def test_a_missing_file_and_a_strange_version_are_damage(path):
    (path / "ids.bin").unlink()
    with pytest.raises(DamagedFileError, match="missing"):
        open_store(path)
    manifest = json.loads((path / "manifest.json").read_text())
    del manifest["seal"]
    manifest["version"] = 99
    (path / "manifest.json").write_text(json.dumps({**manifest, "seal": module._seal(manifest)}))
    with pytest.raises(DamagedFileError, match="version 99"):
        open_store(path)


def test_a_full_disk_is_told_and_leaves_the_old_store(path, monkeypatch):
    def refuse(self, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module._SummedFile, "write", refuse)
    with pytest.raises(FileAccessError, match="the disk is full"):
        write(path, EXAMPLES)
    assert len(open_store(path)) == 50
    assert [entry.name for entry in path.parent.iterdir()] == ["store"]


def test_nothing_is_not_sealed(tmp_path):
    with pytest.raises(EmptyCorpusError):
        write(tmp_path / "store", [])
    assert not (tmp_path / "store").exists()


def test_files_are_closed_when_it_is_forgotten(path):
    store = open_store(path)
    numbers = store._ids, store._index
    assert os.fstat(numbers[0]).st_size == (path / "ids.bin").stat().st_size
    del store
    gc.collect()
    for number in numbers:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(number)
