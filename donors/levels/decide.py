"""Pure rules of levels: which level a figure reaches, whether bands are sound, and the words for a standing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from donors.core.errors import Invalid


@dataclass(frozen=True)
class Band:
    """A level as rules see it: minimum included, maximum not, none: open. The highest position that matches wins."""

    id: int
    name: str
    position: int
    minimum: int | None
    maximum: int | None
    plan_template_id: int | None = None

    def holds(self, value: int) -> bool:
        """Whether a figure lies in the band."""
        return (self.minimum is None or value >= self.minimum) and (self.maximum is None or value < self.maximum)


def level_for(value: int | None, bands: Iterable[Band]) -> Band | None:
    """The level that a figure reaches; none in a gap, and none for a figure that is empty (zero is not empty)."""
    if value is None:
        return None
    return max((band for band in bands if band.holds(value)), key=lambda band: band.position, default=None)


def rises(old: Band | None, new: Band | None) -> bool:
    """Whether a change of level is a step up, from no level too."""
    return new is not None and (old is None or new.position > old.position)


def next_above(value: int | None, bands: Iterable[Band]) -> tuple[Band, int] | None:
    """The next band above a figure and what is missing to it; none at the top."""
    now = value or 0
    above = [band for band in bands if band.minimum is not None and band.minimum > now]
    if not above:
        return None
    band = min(above, key=lambda one: one.minimum or 0)
    return band, (band.minimum or 0) - now


def check_bands(bands: Sequence[Band]) -> None:
    """Raises Invalid: no bands, a name missing or twice, no bounds at all, minimum not below maximum, an overlap.

    Gaps are allowed: who falls into one has no level.
    """
    if not bands:
        raise Invalid("levels", "", "are missing", "Give at least one level.")
    names: set[str] = set()
    for band in bands:
        _check_band(band, names)
        names.add(band.name.casefold())
    for one in bands:
        for other in bands:
            if one.position < other.position and _overlap(one, other):
                raise Invalid("levels", other.name, f"overlaps {one.name}", "Let one end where the next begins.")


def _check_band(band: Band, names: set[str]) -> None:
    if not band.name.strip():
        raise Invalid("level name", "", "is missing", "Name the level.")
    if band.name.casefold() in names:
        raise Invalid("level name", band.name, "is there twice", "Names are unique on a track.")
    if band.minimum is None and band.maximum is None:
        raise Invalid("level", band.name, "has neither minimum nor maximum", "Give at least one of them.")
    if band.minimum is not None and band.maximum is not None and band.minimum >= band.maximum:
        raise Invalid("level", band.name, "has a minimum that is not below its maximum", "Exchange them.")


def _overlap(one: Band, other: Band) -> bool:
    below = one.maximum is not None and other.minimum is not None and one.maximum <= other.minimum
    above = other.maximum is not None and one.minimum is not None and other.maximum <= one.minimum
    return not (below or above)


def gaps(bands: Iterable[Band]) -> list[tuple[int, int]]:
    """The spans between bands that no level covers, from low to high: shown and confirmed when a track is saved."""
    spans = sorted(((band.minimum, band.maximum) for band in bands), key=lambda span: (span[0] is not None, span[0]))
    return [
        (high, low) for (_, high), (low, _) in pairwise(spans) if high is not None and low is not None and high < low
    ]
