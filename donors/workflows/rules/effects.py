"""Effects of levels in the rules of an organization. The tables of a track are all its effects; names stand for ids."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.core.changes import ChangeSet
from donors.core.errors import HouseError, Invalid
from donors.levels.effects.queries import effects_of_track
from donors.levels.models import Effect, EffectRun, Level
from donors.levels.set_effects import EffectDraft, add_effect, change_effect, draft_of, remove_effect, switch_effect
from donors.plans.models import PlanTemplate
from donors.workflows.rules.read import checked, found

EFFECT = {
    "level": str,
    "on": str,
    "act": str,
    "plan": str,
    "words": str,
    "days": int,
    "officer": bool,
    "users": list,
    "once": bool,
    "cool_down": int,
    "active": bool,
}
"""What a table may hold; without `level` it is of every level. The rest as in `set_effects.EffectDraft`."""
SAME = ("words", "days", "once", "cool_down")


@dataclass(frozen=True)
class _Ids:
    """Name → id of what effects of a track name."""

    levels: dict[str, int]
    plans: dict[str, int]
    users: dict[str, int]


def _ids(session: Session, track_id: int) -> _Ids:
    levels = session.scalars(select(Level).where(Level.track_id == track_id))
    return _Ids(
        {row.name: row.id for row in levels},
        {row.name: row.id for row in session.scalars(select(PlanTemplate))},
        {row.email: row.id for row in session.scalars(select(User))},
    )


def exported_effects(session: Session, track_id: int) -> list[dict[str, Any]]:
    """All effects of a track as tables; what is as usual is left out."""
    ids = _ids(session, track_id)
    named = _Names(*({number: name for name, number in kind.items()} for kind in (ids.levels, ids.plans, ids.users)))
    return [_table(draft_of(row), named) for row in effects_of_track(session, track_id)]


@dataclass(frozen=True)
class _Names:
    levels: dict[int, str]
    plans: dict[int, str]
    users: dict[int, str]


def _table(draft: EffectDraft, named: _Names) -> dict[str, Any]:
    optional = {
        "level": named.levels.get(draft.level_id or 0),
        "plan": named.plans.get(draft.template_id or 0),
        "officer": draft.to_officer,
        "users": [named.users[one] for one in draft.users],
        **{name: getattr(draft, name) for name in SAME},
    }
    table = {"on": draft.occasion, "act": draft.act} | {name: value for name, value in optional.items() if value}
    return table if draft.is_active else table | {"active": False}


def apply_effects(session: Session, track_id: int, tables: Sequence[tuple[str, Any]], *, within: ChangeSet) -> None:
    """Makes the effects of a track what its tables say; `tables` are place and table. What is as it was is not written.

    An effect that no table names goes, or is switched off where it ran. Raises Invalid with the place.
    """
    ids = _ids(session, track_id)
    wanted = [(place, _draft(table, place, ids)) for place, table in tables]
    known = [(row, draft_of(row)) for row in effects_of_track(session, track_id)]
    left = []
    for place, draft in wanted:
        same = next((pair for pair in known if pair[1] == draft), None)
        if same is None:
            left.append((place, draft))
        else:
            known.remove(same)
    for place, draft in left:
        like = next((pair for pair in known if _place(pair[1]) == _place(draft)), None)
        _made(session, track_id, draft, place, like[0] if like else None, within=within)
        if like is not None:
            known.remove(like)
    for row, _now in known:
        _gone(session, row, within=within)


def _place(draft: EffectDraft) -> tuple[Any, ...]:
    """What a changed effect has in common with what it was."""
    return draft.level_id, draft.occasion, draft.act


def _made(
    session: Session, track_id: int, draft: EffectDraft, place: str, row: Effect | None, *, within: ChangeSet
) -> None:
    try:
        if row is None:
            add_effect(session, track_id, draft, within=within)
        else:
            change_effect(session, row.id, draft, within=within)
    except HouseError as error:
        raise Invalid(place, draft.act, error.message.removesuffix(".")) from error


def _gone(session: Session, row: Effect, *, within: ChangeSet) -> None:
    if session.scalar(select(func.count()).where(EffectRun.effect_id == row.id)):
        switch_effect(session, row.id, active=False, within=within)
    else:
        remove_effect(session, row.id, within=within)


def _draft(table: Any, place: str, ids: _Ids) -> EffectDraft:
    values = checked(table, place, known=EFFECT, needs=("on", "act"))
    users = (found(ids.users, email, f"{place}.users") for email in values.get("users", ()))
    return EffectDraft(
        occasion=values["on"],
        act=values["act"],
        level_id=found(ids.levels, values.get("level"), f"{place}.level"),
        template_id=found(ids.plans, values.get("plan"), f"{place}.plan"),
        to_officer=values.get("officer", False),
        users=tuple(one for one in users if one is not None),
        is_active=values.get("active", True),
        **{name: values[name] for name in SAME if name in values},
    )
