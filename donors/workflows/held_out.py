"""Holding out a share of starts: nobody from a level on, which plans themselves do not know of."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from donors.levels.queries import at_or_above
from donors.plans.queries.templates import newest_version
from donors.plans.starting.held_out import is_held_out
from donors.plans.starting.start import Start


def with_lots(session: Session, ids: Sequence[int], what: Start) -> Start:
    """A start by which those of these constituents are held out whom the lot names. Raises NotFound."""
    return replace(what, lots=_lots(session, ids, what.template_id))


def held_out_of(session: Session, ids: Sequence[int], template_id: int) -> list[int]:
    """Those of these constituents who would be held out of a plan that starts now. Raises NotFound."""
    return [one for one, is_held_out in _lots(session, ids, template_id).items() if is_held_out]


def _lots(session: Session, ids: Sequence[int], template_id: int) -> dict[int, bool]:
    """Those about whom the lot decides, and whether it holds them out."""
    version = newest_version(session, template_id)
    percent, level_id = version.held_out_percent, version.spares_from_level_id
    if not percent:
        return {}
    spared = set() if level_id is None else at_or_above(session, ids, level_id)
    return {one: is_held_out(one, template_id, percent) for one in ids if one not in spared}
