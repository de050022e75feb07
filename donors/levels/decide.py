"""Pure rules of levels: which level a figure and criteria reach, whether bands are sound, what a change of level is."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import inf

from donors.core.errors import Invalid

Span = tuple[int | None, int | None]
"""From a figure (included) to another (not); none: open."""


@dataclass(frozen=True)
class Band:
    """A level as rules see it: minimum included, maximum not, none: open. The highest position that matches wins.

    `criteria` is the stored form of a tree over fields of constituents, as JSON text (empty: none): with it the level
    is for those only who meet them, and without bounds it is by them alone.
    """

    id: int
    name: str
    position: int
    minimum: int | None
    maximum: int | None
    criteria: str = ""

    @property
    def bounded(self) -> bool:
        """Whether the level asks for a figure at all."""
        return self.minimum is not None or self.maximum is not None

    def holds(self, value: int | None) -> bool:
        """Whether a figure lies in the band. An empty one lies in none, but a level without bounds does not ask."""
        if value is None:
            return not self.bounded
        return (self.minimum is None or value >= self.minimum) and (self.maximum is None or value < self.maximum)


def level_for(value: int | None, bands: Iterable[Band], met: Collection[int] = ()) -> Band | None:
    """The level that a figure reaches; none in a gap, and none for a figure that is empty (zero is not empty).

    `met` are the ids of the levels whose criteria are met.
    """
    fitting = (band for band in bands if band.holds(value) and (not band.criteria or band.id in met))
    return max(fitting, key=lambda band: band.position, default=None)


def rises(old: Band | None, new: Band | None) -> bool:
    """Whether a change of level is a step up, from no level too."""
    return new is not None and (old is None or new.position > old.position)


def falls(old: Band | None, new: Band | None) -> bool:
    """Whether a change of level is a step down, or out."""
    return old is not None and (new is None or new.position < old.position)


@dataclass(frozen=True)
class Change:
    """One change of somebody's level on a track; `old` or `new` is none for no level, and they differ."""

    constituent_id: int
    track_id: int
    track: str
    old: Band | None
    new: Band | None

    @property
    def rises(self) -> bool:
        """Whether it is a step up, from no level too."""
        return rises(self.old, self.new)

    @property
    def falls(self) -> bool:
        """Whether it is a step down, or out."""
        return falls(self.old, self.new)


def next_above(value: int | None, bands: Iterable[Band]) -> tuple[Band, int] | None:
    """The next band above a figure and what is missing to it; none at the top."""
    now = value or 0
    above = [band for band in bands if band.minimum is not None and band.minimum > now]
    if not above:
        return None
    band = min(above, key=lambda one: one.minimum or 0)
    return band, (band.minimum or 0) - now


def check_bands(bands: Sequence[Band]) -> None:
    """Raises Invalid: no bands, a name missing or twice, nothing asked at all, minimum not below maximum, an overlap.

    Levels with criteria may overlap others: the highest whose criteria are met wins. Gaps are allowed: who falls into
    one has no level (see `check_gaps`).
    """
    if not bands:
        raise Invalid("levels", "", "are missing", "Give at least one level.")
    names: set[str] = set()
    for band in bands:
        _check_band(band, names)
        names.add(band.name.casefold())
    plain = [band for band in bands if not band.criteria]
    for one in plain:
        for other in plain:
            if one.position < other.position and _overlap(one, other):
                raise Invalid("levels", other.name, f"overlaps {one.name}", "Let one end where the next begins.")


def _check_band(band: Band, names: set[str]) -> None:
    if not band.name.strip():
        raise Invalid("level name", "", "is missing", "Name the level.")
    if band.name.casefold() in names:
        raise Invalid("level name", band.name, "is there twice", "Names are unique on a track.")
    if not band.bounded and not band.criteria:
        raise Invalid("level", band.name, "has neither minimum nor maximum", "Give at least one of them, or criteria.")
    if band.minimum is not None and band.maximum is not None and band.minimum >= band.maximum:
        raise Invalid("level", band.name, "has a minimum that is not below its maximum", "Exchange them.")


def _overlap(one: Band, other: Band) -> bool:
    below = one.maximum is not None and other.minimum is not None and one.maximum <= other.minimum
    above = other.maximum is not None and one.minimum is not None and other.maximum <= one.minimum
    return not (below or above)


def gaps(bands: Iterable[Band]) -> list[Span]:
    """The spans between the lowest and the highest figure that no level covers for everybody, from low to high.

    What only levels with criteria cover is a gap for those who do not meet them. Where all levels have criteria, there
    is nothing that everybody has.
    """
    asked = [(band, *_ends(band)) for band in bands if band.bounded]
    plain = sorted((low, high) for band, low, high in asked if not band.criteria)
    if not plain:
        return []
    reach, found = min(low for _, low, _ in asked), []
    end = max(high for *_, high in asked)
    for low, high in [*plain, (end, end)]:
        if low > reach:
            found.append((_bound(reach), _bound(low)))
        reach = max(reach, high)
    return found


def _ends(band: Band) -> tuple[float, float]:
    low, high = band.minimum, band.maximum
    return -inf if low is None else low, inf if high is None else high


def _bound(end: float) -> int | None:
    return int(end) if abs(end) != inf else None
