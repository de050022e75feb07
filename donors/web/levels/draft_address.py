"""A drafted track as one word of an address, so that what would follow from it can be paged, shared and kept."""

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import asdict
from typing import Any

from donors.core.errors import Invalid
from donors.levels.track import LevelDraft, TrackDraft

LONGEST = 6_000
"""Characters: the web server takes addresses of 8,190."""
LARGEST = 200_000


def written(draft: TrackDraft) -> str:
    """The draft as a word. Raises Invalid when it has too many conditions to go into an address."""
    packed = zlib.compress(json.dumps(asdict(draft), separators=(",", ":")).encode(), 9)
    word = urlsafe_b64encode(packed).decode().rstrip("=")
    if len(word) > LONGEST:
        raise Invalid("criteria", "", "are too long to be rehearsed", "Rehearse with fewer conditions.")
    return word


def read(word: str) -> TrackDraft:
    """The draft in a word. Raises Invalid."""
    try:
        packed = urlsafe_b64decode(word + "=" * (-len(word) % 4))
        found: dict[str, Any] = json.loads(zlib.decompressobj().decompress(packed, LARGEST))
        levels = tuple(_level(one) for one in found.pop("levels"))
        return _checked(TrackDraft(**found, levels=levels))
    except (Error, zlib.error, ValueError, TypeError, KeyError, AttributeError):
        raise Invalid("draft", "", "cannot be read", "Begin again in Settings › Tracks.") from None


def _level(found: dict[str, Any]) -> LevelDraft:
    one = LevelDraft(**found)
    numbers: tuple[Any, ...] = (one.minimum, one.maximum, one.id)
    if not isinstance(found["name"], str) or not all(each is None or isinstance(each, int) for each in numbers):
        raise TypeError
    return one


def _checked(draft: TrackDraft) -> TrackDraft:
    words: tuple[Any, ...] = (
        draft.name,
        draft.measure,
        draft.description,
        draft.target,
        draft.deceased,
        draft.anonymous,
        draft.falls,
    )
    trees: tuple[Any, ...] = (draft.criteria, *(level.criteria for level in draft.levels))
    days: Any = draft.grace_days
    sound = isinstance(days, int) and all(tree is None or isinstance(tree, dict) for tree in trees)
    if not sound or not all(isinstance(word, str) for word in words):
        raise TypeError
    return draft
