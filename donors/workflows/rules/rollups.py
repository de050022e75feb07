"""Rollups in the rules of an organization: every part as words and numbers, so that a file can be read and kept."""

from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.core.clock import local_date
from donors.core.errors import HouseError, Invalid
from donors.core.settings import organization
from donors.rollups.define import Draft, define, definition_of, draft_of, redefine, set_active
from donors.rollups.models import RollupDefinition
from donors.workflows.rollups import compute

ROLLUP = {
    "key": str,
    "label": str,
    "description": str,
    "source": str,
    "operation": str,
    "returns": str,
    "frame": str,
    "target": str,
    "criteria": dict,
    "years": str,
    "number": int,
    "field": str,
    "formula": str,
    "value_kind": str,
    "sorted_often": bool,
    "active": bool,
}
"""What a table may hold; `key` names the rollup, the rest as in `rollups.define.Draft`."""
FIRST = ("key", "label", "source", "operation")
PLAIN = Draft("", "", "")


def exported(session: Session) -> list[dict[str, Any]]:
    """All rollups, in the order of pages; what is as usual is left out."""
    rows = session.scalars(select(RollupDefinition).order_by(RollupDefinition.position, RollupDefinition.id))
    return [table(row) for row in rows]


def table(row: RollupDefinition) -> dict[str, Any]:
    """One rollup as a table."""
    values, usual = asdict(draft_of(row)), asdict(PLAIN)
    first = {name: values[name] for name in FIRST}
    others = {name: told(value) for name, value in values.items() if name not in first and value != usual[name]}
    return first | others | ({} if row.is_active else {"active": False})


def told(value: Any) -> Any:
    """A value without what is empty in it: TOML has no word for nothing."""
    if isinstance(value, dict):
        return {name: told(part) for name, part in value.items() if part is not None}
    return [told(part) for part in value] if isinstance(value, list) else value


def apply_rollup(session: Session, values: dict[str, Any], place: str, *, within: ChangeSet) -> None:
    """Makes a rollup what a table says; what the table leaves out stays. Computes it only when it changed.

    Raises Invalid with the place.
    """
    row = session.scalar(select(RollupDefinition).where(RollupDefinition.key == values["key"]))
    active = values.pop("active", row.is_active if row is not None else True)
    try:
        row, changed = _kept(session, row, values, within=within)
    except HouseError as error:
        raise Invalid(place, values["key"], error.message.removesuffix(".")) from error
    if row.is_active != active:
        set_active(session, row.key, active=active, within=within)
        changed = True
    if changed and active:
        compute(session, row.key, within=within, on=local_date(within.at, organization(session).zone))


def _kept(
    session: Session, row: RollupDefinition | None, values: dict[str, Any], *, within: ChangeSet
) -> tuple[RollupDefinition, bool]:
    """The row, and whether it is new or changed."""
    if row is None:
        return define(session, drafted(values), within=within), True
    now = draft_of(row)
    wanted = replace(now, **{**values, "sorted_often": now.sorted_often})
    if _same(session, now, wanted):
        return row, False
    return redefine(session, row.key, wanted, within=within), True


def drafted(values: dict[str, Any]) -> Draft:
    """A draft out of a table. Raises Invalid when a part is missing that has no usual value."""
    for name in FIRST[1:]:
        if not values.get(name):
            raise Invalid(name, "", "is missing", "A new rollup needs a label, a source and an operation.")
    return Draft(**values)


def _same(session: Session, now: Draft, wanted: Draft) -> bool:
    """Whether two drafts make the same definition; criteria may be written in different ways."""
    if now == wanted:
        return True
    made = [definition_of(session, draft, but=now.key) for draft in (now, wanted)]
    return made[0] == made[1]
