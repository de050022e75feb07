"""Why two records are held for one, in words with their weights: `same e-mail (+9.1)`. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from donors.constituents.matching.compare import fields_of
from donors.constituents.matching.levels import CLOSE, FAMILY, GIVEN, NAME, NEAR, PART, SAME, UNKNOWN, Compared, Level
from donors.constituents.matching.model import Judgement
from donors.constituents.matching.roster import Roster

SHOWN = (GIVEN.key, FAMILY.key, NAME.key)
"""Fields whose words are shown; others stand on the page beside."""
LEAST = 0.05


@dataclass(frozen=True)
class Reason:
    """One field in words, with its bits: above 0 it speaks for one person, below 0 against."""

    words: str
    bits: float

    @property
    def signed(self) -> str:
        """The bits with their sign."""
        return signed(self.bits)

    def __str__(self) -> str:
        return f"{self.words} ({self.signed})"


def signed(bits: float) -> str:
    """Bits with their sign: +9.1, −4.0."""
    return f"{'−' if bits < 0 else '+'}{abs(bits):.1f}"


def reasons(judged: Judgement, kind: str, shown: Sequence[tuple[str, str]]) -> list[Reason]:
    """What speaks for one person, the strongest first, then what speaks against. `shown`: both words of each field."""
    told = zip(fields_of(kind), judged.levels, judged.weights, shown, strict=True)
    found = [
        Reason(_words(field, level, *pair), round(bits, 1))
        for field, level, bits, pair in told
        if level is not UNKNOWN and abs(bits) >= LEAST
    ]
    return sorted(found, key=lambda one: (one.bits < 0, -abs(one.bits)))


def shown_words(roster: Roster, kind: str, a: int, b: int) -> list[tuple[str, str]]:
    """The words of two rows for each field; empty where they are not shown."""
    found = []
    for field in fields_of(kind):
        if field.key not in SHOWN:
            found.append(("", ""))
            continue
        column = getattr(roster, field.key)
        words = column.lexicon.words
        found.append((words[column.codes[a]].title(), words[column.codes[b]].title()))
    return found


def _words(field: Compared, level: Level, one: str, other: str) -> str:
    said = field.said[level]
    if field.key not in SHOWN or not one or not other:
        return said
    if level is SAME:
        return f"{said}: {one}" if field.key == FAMILY.key else said
    return f"{said}: {one} / {other}" if level in (NEAR, CLOSE, PART) else said


def kept(judged: Judgement, kind: str, shown: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Reasons as they are kept with a pair."""
    return {"said": [[one.words, one.bits] for one in reasons(judged, kind, shown)]}


def as_reasons(told: dict[str, Any]) -> list[Reason]:
    """Reasons that were kept."""
    return [Reason(words, bits) for words, bits in told.get("said", ())]
