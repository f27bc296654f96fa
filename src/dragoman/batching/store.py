"""Tokenised examples on disk, for corpora larger than memory. It does not know what the ids mean or come from.

::

    store/
      ids.bin        the ids of all examples, source before target, uint16 or (large vocabularies) uint32
      index.bin      for each example where its ids start and how many are source and target: 16 bytes
      manifest.json  what it was made from (a fingerprint), sizes and checksums of the two files

It is written in one pass and sealed: a half-written store does not exist, and a damaged one is found out when it is
opened. Lengths, which planning wants of many examples at once, are read through a memory map whose pages are given
back after each use; the ids of one example are read by their position. So what stays in memory is the system's
own file cache, which it takes back whenever it likes, and the process does not grow with the corpus.
"""

import hashlib
import json
import mmap
import os
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from dragoman.base.errors import DamagedFileError, EmptyCorpusError
from dragoman.base.files import atomic_directory, checksum, explained, read_json, write_json
from dragoman.batching.example import Example
from dragoman.batching.shuffling import Integers

MANIFEST = "manifest.json"
_VERSION = 1
_IDS, _INDEX = "ids.bin", "index.bin"
_ENTRY = np.dtype([("start", "<i8"), ("source", "<u4"), ("target", "<u4")])
_LARGEST_SMALL_VOCABULARY = 1 << 16
_MAPPED_BYTES = 64 << 20
_EXAMPLES_PER_BLOCK = 1 << 16


@runtime_checkable
class Examples(Protocol):
    """Numbered examples, and their lengths without the examples."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """Examples of each corpus, in the order of their numbers."""
        ...

    def __getitem__(self, index: int, /) -> Example:
        """The example of this number."""
        ...

    def lengths(self, indices: Integers) -> Integers:
        """(source length, target length) of the examples ``indices``."""
        ...

    def blocks(self) -> Iterator["Block"]:
        """All examples in the order of their numbers, many at a time."""
        ...


class ListedExamples:
    """Examples that are in memory anyway."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self._examples = examples
        self._lengths = np.array([(len(one.source), len(one.target)) for one in examples], dtype=np.int64)

    @property
    def sizes(self) -> tuple[int, ...]:
        """One corpus."""
        return (len(self._examples),)

    def __getitem__(self, index: int, /) -> Example:
        return self._examples[index]

    def lengths(self, indices: Integers) -> Integers:
        """(source length, target length) of the examples ``indices``."""
        return self._lengths[indices]

    def blocks(self) -> Iterator["Block"]:
        """All of them at once."""
        ids = [index for example in self._examples for side in (example.source, example.target) for index in side]
        yield Block(np.array(ids, dtype=np.int64), self._lengths[:, 0], self._lengths[:, 1])


@dataclass(frozen=True, slots=True)
class Block:
    """Some examples on their way into a store.

    Attributes:
        ids: source and target of the first, of the second, and so on, without gaps.
        sources: length of each source.
        targets: length of each target.
    """

    ids: NDArray[Any]
    sources: NDArray[Any]
    targets: NDArray[Any]


@dataclass(slots=True)
class StoreWriter:
    """What fills a new store; see :func:`write_store`.

    Attributes:
        about: what else the manifest shall say, as plain values.
        sizes: examples of each corpus so far.
        ids: source ids and target ids so far.
    """

    _ids: "_SummedFile"
    _index: "_SummedFile"
    _type: np.dtype[Any]
    about: dict[str, Any] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)
    ids: list[int] = field(default_factory=lambda: [0, 0])
    _written: int = 0

    def begin_corpus(self) -> None:
        """What is added from now on belongs to the next corpus."""
        self.sizes.append(0)

    def add(self, block: Block) -> None:
        """Append the examples of ``block``."""
        entries = np.empty(len(block.sources), dtype=_ENTRY)
        whole = block.sources.astype(np.int64) + block.targets
        entries["start"] = self._written + np.cumsum(whole) - whole
        entries["source"], entries["target"] = block.sources, block.targets
        self._ids.write(block.ids.astype(self._type).tobytes())
        self._index.write(entries.tobytes())
        self._written += len(block.ids)
        self.sizes[-1] += len(entries)
        self.ids = [self.ids[0] + int(block.sources.sum()), self.ids[1] + int(block.targets.sum())]


class _SummedFile:
    """A file being written, and the SHA-256 of it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self.size += len(data)

    def summary(self) -> dict[str, Any]:
        return {"bytes": self.size, "sha256": self._digest.hexdigest()}


@contextmanager
def write_store(path: Path, *, fingerprint: str, vocabulary_size: int) -> Iterator[StoreWriter]:
    """Give a writer; when the block ends well, what it wrote is sealed and stands at ``path``.

    Args:
        path: the directory to make, in place of what is there.
        fingerprint: of everything that decides what is in it.
        vocabulary_size: ids are below this.

    Raises:
        FileAccessError: a full disk, no permission.
        EmptyCorpusError: nothing was written.
    """
    kind = np.dtype("<u2" if vocabulary_size <= _LARGEST_SMALL_VOCABULARY else "<u4")
    with atomic_directory(path) as partial:
        with (partial / _IDS).open("wb") as ids, (partial / _INDEX).open("wb") as index:
            files = {_IDS: _SummedFile(ids), _INDEX: _SummedFile(index)}
            writer = StoreWriter(files[_IDS], files[_INDEX], kind)
            yield writer
        if not sum(writer.sizes):
            raise EmptyCorpusError(
                "there is no example to train on", hint="check the corpus, its cleaning and batching.max_length"
            )
        manifest = {
            "version": _VERSION,
            "fingerprint": fingerprint,
            "type": kind.str,
            "sizes": writer.sizes,
            "ids": writer.ids,
            "files": {name: file.summary() for name, file in files.items()},
            "about": writer.about,
        }
        write_json(partial / MANIFEST, {**manifest, "seal": _seal(manifest)})


def _seal(manifest: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


class ExampleStore:
    """A sealed store, opened; see :func:`open_store`.

    Attributes:
        fingerprint: of what it was made from.
        about: what its writer said of it.
        bytes_on_disk: its size.
        source_ids: ids of all sources.
        target_ids: ids of all targets.
    """

    def __init__(self, path: Path, manifest: Mapping[str, Any]) -> None:
        self.fingerprint: str = manifest["fingerprint"]
        self.about: Mapping[str, Any] = manifest["about"]
        self.bytes_on_disk = sum(file["bytes"] for file in manifest["files"].values())
        self.source_ids, self.target_ids = manifest["ids"]
        self._sizes = tuple(manifest["sizes"])
        self._type = np.dtype(manifest["type"])
        with explained("read", path):
            self._ids = os.open(path / _IDS, os.O_RDONLY)
            weakref.finalize(self, os.close, self._ids)
            self._index = os.open(path / _INDEX, os.O_RDONLY)
            weakref.finalize(self, os.close, self._index)
            self._map = mmap.mmap(self._index, 0, access=mmap.ACCESS_READ)
        self._table = np.frombuffer(self._map, dtype=_ENTRY)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Examples of each corpus, in the order of their numbers."""
        return self._sizes

    def __len__(self) -> int:
        return len(self._table)

    def __getitem__(self, index: int, /) -> Example:
        entry = os.pread(self._index, _ENTRY.itemsize, index * _ENTRY.itemsize)
        if len(entry) < _ENTRY.itemsize:
            raise IndexError(f"there is no example {index}")
        start, source, target = np.frombuffer(entry, dtype=_ENTRY)[0].tolist()
        size = self._type.itemsize
        ids = np.frombuffer(os.pread(self._ids, (source + target) * size, start * size), dtype=self._type).tolist()
        return Example(ids[:source], ids[source:])

    def lengths(self, indices: Integers) -> Integers:
        """(source length, target length) of the examples ``indices``.

        They are looked up in the order of the file, part by part, and each part's pages are given back.
        """
        result = np.empty((len(indices), 2), dtype=np.int64)
        for part in np.array_split(np.argsort(indices), 1 + len(self._map) // _MAPPED_BYTES):
            entries = self._table[indices[part]]
            result[part, 0], result[part, 1] = entries["source"], entries["target"]
            self._let_go()
        return result

    def blocks(self) -> Iterator[Block]:
        """All examples in the order of their numbers, many at a time."""
        for start in range(0, len(self), _EXAMPLES_PER_BLOCK):
            entries = self._table[start : start + _EXAMPLES_PER_BLOCK].copy()
            self._let_go()
            size = int((entries["source"].astype(np.int64) + entries["target"]).sum()) * self._type.itemsize
            data = os.pread(self._ids, size, int(entries["start"][0]) * self._type.itemsize)
            yield Block(
                np.frombuffer(data, dtype=self._type),
                entries["source"].astype(np.int64),
                entries["target"].astype(np.int64),
            )

    def count_longer(self, limit: int) -> int:
        """How many examples have a side of more than ``limit`` ids."""
        found = 0
        step = _MAPPED_BYTES // _ENTRY.itemsize
        for start in range(0, len(self), step):
            part = self._table[start : start + step]
            found += int(np.count_nonzero(np.maximum(part["source"], part["target"]) > limit))
            self._let_go()
        return found

    def _let_go(self) -> None:
        """Tell the system that the mapped pages are not needed; they stay in its cache while there is room."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)


def open_store(path: Path) -> ExampleStore:
    """The store at ``path``, checked from end to end.

    Raises:
        FileAccessError: there is none, or it may not be read.
        DamagedFileError: a file is missing, cut or changed, or this version does not know its form.
    """
    manifest = read_json(path / MANIFEST)
    seal = manifest.pop("seal", None) if isinstance(manifest, dict) else None
    if seal is None or seal != _seal(manifest):
        raise _damaged(path / MANIFEST, "is not as it was written")
    if manifest["version"] != _VERSION:
        raise _damaged(path / MANIFEST, f"has version {manifest['version']}, not {_VERSION}")
    for name, told in manifest["files"].items():
        file = path / name
        if not file.is_file():
            raise _damaged(file, "is missing")
        if file.stat().st_size != told["bytes"]:
            raise _damaged(file, f"has {file.stat().st_size:,} bytes, not {told['bytes']:,}")
        if checksum(file) != told["sha256"]:
            raise _damaged(file, "is not as it was written (its checksum differs)")
    return ExampleStore(path, manifest)


def _damaged(path: Path, what: str) -> DamagedFileError:
    return DamagedFileError(f"{path} {what}", hint="remove the store: it is made again from the text")
