"""What is known of somebody on a track when levels are assigned: the columns read, and what follows from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import FromClause, and_, case

from donors.constituents.models import Constituent
from donors.core.bulk import table_of
from donors.levels.compile import RULING, Pinned, in_force, is_kept, may_stand
from donors.levels.decide import Band, level_for
from donors.levels.ladders import Ladder
from donors.levels.models import EXCLUDE
from donors.levels.settle import Facts, Hand, Now, Settled, settle
from donors.levels.standings import STANDING, last_change
from donors.rollups.models import rollup_value, slot_column

PERSON = table_of(Constituent).c.id


@dataclass(frozen=True)
class Found:
    """What is known of somebody on a track: the columns of `columns_of` without the track's id."""

    ladder: Ladder
    id: int
    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values.get(f"{name}_{self.ladder.id}")

    @property
    def standing(self) -> int | None:
        """The id of the open standing."""
        found: int | None = self["standing"]
        return found

    def by_rules(self) -> Band | None:
        """The level that figure and criteria give. `whole` is none where the track has no criteria."""
        if self["whole"] == 0:
            return None
        return level_for(
            self["figure"], self.ladder.bands, [one.id for one in self.ladder.bands if self[f"met{one.id}"]]
        )

    def settled(self, one: Pinned, *, on: date, corrected: int | None = None) -> Settled:
        """What is to be on a day; `corrected` is a gift that is being corrected."""
        by_rules = self.by_rules() if self["may"] else None
        if not self.ladder.holds_back:
            return Settled(by_rules, same=(by_rules.id if by_rules else None) == self["level"])
        facts = Facts(
            on,
            bool(self["may"]),
            by_rules,
            self._now() if self.standing is not None else None,
            self._hand("ruling"),
            bool(self["kept"]),
            taken_back=corrected is not None and corrected == self["cause_gift"],
        )
        return settle(facts, one.falling)

    def _now(self) -> Now:
        held = self._hand("held")
        over = held if held is not None and held.id != self["ruling"] else None
        return Now(self.ladder.band(self["level"]), self["falls_on"], self["falls_to"], over)

    def _hand(self, name: str) -> Hand | None:
        if self[f"{name}_kind"] is None:
            return None
        band = self.ladder.band(self[f"{name}_level"])
        return Hand(self[name], self[f"{name}_kind"], band, self[f"{name}_to"])


def columns_of(one: Pinned, start: FromClause) -> tuple[FromClause, list[Any]]:
    """What decides on a track, beside a constituent and its figures: the FROM with the joins, and the columns."""
    ladder = one.ladder
    now = STANDING.alias(f"standing_{ladder.id}_now")
    here = and_(now.c.constituent_id == PERSON, now.c.track_id == ladder.id, now.c.to_on.is_(None))
    start = start.outerjoin(now, here)
    found = {
        "may": case((may_stand(ladder, on=one.on), 1), else_=0),
        "figure": rollup_value.c[slot_column(ladder.slot)],
        "standing": now.c.id,
        "version": now.c.version,
        "level": now.c.level_id,
        "last": last_change(PERSON, ladder.id),
    } | {f"met{id_}": case((one.condition(tree)[0], 1), else_=0) for id_, tree in one.levels}
    if one.whole is not None:
        found["whole"] = case((one.condition(one.whole)[0], 1), else_=0)
    if ladder.holds_back:
        start, more = _held_back(one, start, now)
        found |= more
    return start, [column.label(f"{name}_{ladder.id}") for name, column in found.items()]


def _held_back(one: Pinned, start: FromClause, now: Any) -> tuple[FromClause, dict[str, Any]]:
    """The same for what keeps somebody on a level, or was ruled."""
    ladder = one.ladder
    found = {
        "falls_on": now.c.falls_on,
        "falls_to": now.c.falls_to_id,
        "cause_gift": now.c.cause_gift_id,
        "kept": case((is_kept(ladder, on=one.on), 1), else_=0),
    }
    if not ladder.has_rulings:
        return start, found
    ruling, held = (RULING.alias(f"{name}_{ladder.id}") for name in ("ruling", "held"))
    mine = and_(ruling.c.constituent_id == PERSON, ruling.c.kind != EXCLUDE, in_force(ruling.c, ladder, one.on))
    start = start.outerjoin(ruling, mine).outerjoin(held, held.c.id == now.c.ruling_id)
    for name, table in (("ruling", ruling), ("held", held)):
        told = {"": "id", "_kind": "kind", "_level": "level_id", "_to": "to_on"}
        found |= {f"{name}{ending}": table.c[column] for ending, column in told.items()}
    return start, found | {"held": now.c.ruling_id}
