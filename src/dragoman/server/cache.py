"""The least recently used are forgotten first. Keys are tuples, so that no two requests can look alike."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any


class Cache:
    """Results by key, bounded by the characters of their keys and values.

    Args:
        max_characters: of all texts in it; 0 keeps nothing.
    """

    def __init__(self, max_characters: int) -> None:
        self._max = max_characters
        self._held: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self.characters = 0
        self.hits = 0
        self.misses = 0

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Hashable) -> Any | None:
        """What was kept under ``key``, or None."""
        found = self._held.get(key)
        if found is None:
            self.misses += 1
            return None
        self.hits += 1
        self._held.move_to_end(key)
        return found[0]

    def put(self, key: Hashable, value: Any, *, characters: int) -> None:
        """Keep ``value``, which takes about so many characters, and forget the oldest where room is wanted."""
        if characters > self._max:
            return
        if key in self._held:
            self.characters -= self._held.pop(key)[1]
        self._held[key] = (value, characters)
        self.characters += characters
        while self.characters > self._max:
            self.characters -= self._held.popitem(last=False)[1][1]

    def clear(self) -> None:
        """Forget everything."""
        self._held.clear()
        self.characters = 0
