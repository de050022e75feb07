"""Holding out a share of starts: nobody from a level on, which plans themselves do not know of."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from donors.levels.queries import at_or_above
from donors.plans.held_out import held_out
from donors.plans.queries.templates import newest_version
from donors.plans.start import Start


def with_lots(session: Session, ids: Sequence[int], what: Start) -> Start:
    """A start by which those of these constituents are held out whom the lot names. Raises NotFound."""
    return replace(what, held_out=frozenset(held_out_of(session, ids, what.template_id)))


def held_out_of(session: Session, ids: Sequence[int], template_id: int) -> list[int]:
    """Those of these constituents who would be held out of a plan that starts now. Raises NotFound."""
    version = newest_version(session, template_id)
    percent, level_id = version.held_out_percent, version.spares_from_level_id
    if not percent:
        return []
    drawn = held_out(ids, template_id, percent)
    spared = set() if level_id is None else at_or_above(session, drawn, level_id)
    return [one for one in drawn if one not in spared]
