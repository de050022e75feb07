"""What a merge, or its undo, would bring: it is carried out, looked at, and rolled back, before anybody sees it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.bulk import among
from donors.core.changes import Act, ChangeSet, open_change
from donors.levels.models import Level, Standing, Track
from donors.rollups.definition import Definition
from donors.rollups.queries import Figure, Value, figures_of
from donors.workflows.merging.merge import Pair, merge_all
from donors.workflows.merging.unmerge import parting, unmerge

KEYS = (
    "lifetime_total",
    "gift_count",
    "last_gift_on",
    "largest_gift",
    "last_365_days_total",
    "soft_lifetime_total",
    "volunteer_minutes",
    "last_shift_on",
)
"""The figures that a preview shows."""


@dataclass(frozen=True)
class Total:
    """A figure of each record by itself, the one that stays first, and of the one that they are together."""

    definition: Definition
    each: tuple[Value, ...]
    together: Value


@dataclass(frozen=True)
class Stand:
    """The level of each on a track, the one that stays first, and of the one that they are together. Empty: none."""

    track: str
    each: tuple[str, ...]
    together: str

    @property
    def changes(self) -> bool:
        """Whether the record that stays gets another level."""
        return self.together != self.each[0]


@dataclass(frozen=True)
class Outcome:
    """Records that become one or part again, each by itself and all together; the id of the one that stays is first.

    Of a merge `together` is what would come, of an undo what is now. `notes` say what a merge resolves by rule.
    """

    ids: tuple[int, ...]
    totals: tuple[Total, ...]
    levels: tuple[Stand, ...]
    notes: tuple[str, ...] = ()


def rehearse(session: Session, pairs: Sequence[Pair], *, act: Act, on: date) -> list[Outcome]:
    """What merging these pairs would bring. Nothing of it stays. Raises what `merge_all` does."""
    grouped: dict[int, list[int]] = defaultdict(list)
    for pair in pairs:
        grouped[pair.survivor_id].append(pair.other_id)
    everybody = {*grouped, *(one for ids in grouped.values() for one in ids)}
    before, stood = _figures(session, everybody), _levels(session, everybody)
    with session.begin_nested() as trial:
        merged = merge_all(session, pairs, within=open_change(session, "constituent.merge", act=act), on=on)
        after, stand = _figures(session, grouped), _levels(session, grouped)
        notes: dict[int, list[str]] = defaultdict(list)
        for one in merged:
            notes[one.survivor.id] += one.notes
        trial.rollback()
    found = []
    for stays, others in grouped.items():
        ids = (stays, *others)
        totals = _totals([before[one] for one in ids], after[stays])
        levels = _stands([stood[one] for one in ids], stand[stays])
        found.append(Outcome(ids, totals, levels, tuple(dict.fromkeys(notes[stays]))))
    return found


def rehearse_parting(
    session: Session,
    change: ChangeSet,
    *,
    act: Act,
    on: date,
    yielding: Collection[str] = (),
    only: Collection[int] = (),
) -> list[Outcome]:
    """What undoing a merge would bring, for each record that others are part of. Nothing of it stays.

    Raises what `unmerge` does.
    """
    grouped: dict[int, list[int]] = defaultdict(list)
    for old, living in parting(session, change, only=only).pairs:
        grouped[living].append(old)
    together, stand = _figures(session, grouped), _levels(session, grouped)
    everybody = {*grouped, *(one for ids in grouped.values() for one in ids)}
    with session.begin_nested() as trial:
        unmerge(session, change, act=act, on=on, yielding=yielding, only=only)
        apart, stood = _figures(session, everybody), _levels(session, everybody)
        trial.rollback()
    found = []
    for living, others in grouped.items():
        ids = (living, *others)
        totals = _totals([apart[one] for one in ids], together[living])
        found.append(Outcome(ids, totals, _stands([stood[one] for one in ids], stand[living])))
    return found


def _figures(session: Session, ids: Collection[int]) -> dict[int, Mapping[str, Figure]]:
    return {one: figures_of(session, one) for one in ids}


def _levels(session: Session, ids: Collection[int]) -> dict[int, dict[str, str]]:
    """Constituent → track → the level of now."""
    found: dict[int, dict[str, str]] = {one: {} for one in ids}
    standing = (
        select(Standing.constituent_id, Track.name, Level.name)
        .join(Level, Level.id == Standing.level_id)
        .join(Track, Track.id == Standing.track_id)
        .where(among(session, Standing.constituent_id, ids), Standing.to_on.is_(None))
    )
    for one, track, level in session.execute(standing.order_by(Track.position, Track.id)):
        found[one][track] = level
    return found


def _totals(each: Sequence[Mapping[str, Figure]], together: Mapping[str, Figure]) -> tuple[Total, ...]:
    """The figures of KEYS that somebody has."""
    known = [key for key in KEYS if key in together and any(one[key].value for one in (*each, together))]
    return tuple(
        Total(together[key].definition, tuple(one[key].value for one in each), together[key].value) for key in known
    )


def _stands(each: Sequence[Mapping[str, str]], together: Mapping[str, str]) -> tuple[Stand, ...]:
    tracks = dict.fromkeys(track for one in (*each, together) for track in one)
    return tuple(Stand(track, tuple(one.get(track, "") for one in each), together.get(track, "")) for track in tracks)
