"""Making and changing the effects of a track. They are part of its rules: each change is a version of the track."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.accounts.models import User
from donors.core.changes import ChangeSet, amend, insert, remove
from donors.core.errors import Blocked, Conflict, Invalid
from donors.levels.effects.decide import ACTS, NOTICE, OCCASIONS, START, TASK
from donors.levels.effects.queries import effect
from donors.levels.models import Effect, EffectRun, Level
from donors.levels.track import new_version, track_by_id
from donors.plans.models import PlanTemplate

MOST_DAYS = 999
LONGEST_COOL_DOWN = 3650
LONGEST_WORDS = 300


@dataclass(frozen=True)
class EffectDraft:
    """An effect as somebody wants it; the names are those of `Effect`."""

    occasion: str
    act: str
    level_id: int | None = None
    template_id: int | None = None
    words: str = ""
    days: int = 0
    to_officer: bool = False
    users: tuple[int, ...] = ()
    once: bool = False
    cool_down: int = 0
    is_active: bool = True


def draft_of(row: Effect) -> EffectDraft:
    """An effect as it stands, for an editor to start from."""
    values = {name: getattr(row, name) for name in EffectDraft.__dataclass_fields__}
    return EffectDraft(**values | {"users": tuple(row.users)})


def add_effect(session: Session, track_id: int, draft: EffectDraft, *, within: ChangeSet) -> Effect:
    """Adds an effect to a track. Raises NotFound (track), Invalid."""
    track = track_by_id(session, track_id)
    row = insert(session, Effect(track_id=track.id, **_columns(session, track.id, draft)), within=within)
    new_version(session, track, within=within)
    return row


def change_effect(
    session: Session, effect_id: int, draft: EffectDraft, *, within: ChangeSet, expect: int | None = None
) -> Effect:
    """Makes an effect what is wanted; what it has done stands. Raises NotFound, Invalid, Conflict."""
    row = effect(session, effect_id)
    columns = _columns(session, row.track_id, draft, known=_known(row))
    if amend(session, row, within=within, expect=expect, **columns):
        new_version(session, track_by_id(session, row.track_id), within=within)
    return row


def switch_effect(session: Session, effect_id: int, *, active: bool, within: ChangeSet) -> Effect:
    """Lets an effect run, or no longer. Raises NotFound."""
    row = effect(session, effect_id)
    if amend(session, row, within=within, is_active=active):
        new_version(session, track_by_id(session, row.track_id), within=within)
    return row


def remove_effect(session: Session, effect_id: int, *, within: ChangeSet, expect: int | None = None) -> None:
    """Removes an effect that has never run. Raises NotFound, Conflict; Blocked where something became of it."""
    row = effect(session, effect_id)
    if expect is not None and expect != row.version:
        raise Conflict("effect", {}, {})
    runs = session.scalar(select(func.count()).where(EffectRun.effect_id == row.id)) or 0
    if runs:
        raise Blocked("Not removed", (f"It concerned somebody {runs} times, and that is kept. Switch it off instead.",))
    track = track_by_id(session, row.track_id)
    remove(session, row, within=within)
    new_version(session, track, within=within)


def _known(row: Effect) -> frozenset[int]:
    """What an effect names already may be retired by now, and stays."""
    return frozenset([row.level_id or 0, *row.users])


def _columns(
    session: Session, track_id: int, draft: EffectDraft, *, known: Collection[int] = frozenset()
) -> dict[str, Any]:
    """The columns of a draft; what its act does not ask for is empty. Raises Invalid."""
    _check_words(draft)
    _check_level(session, track_id, draft)
    if draft.act == START and session.get(PlanTemplate, draft.template_id or 0) is None:
        raise Invalid("template", draft.template_id or "", "is no plan", "Choose the plan that starts.")
    _check_users(session, draft, known)
    asks = {
        "template_id": draft.act == START,
        "words": draft.act in (TASK, NOTICE),
        "days": draft.act == TASK,
        "to_officer": draft.act == NOTICE,
        "users": draft.act in (TASK, NOTICE),
    }
    empty = asdict(EffectDraft("", ""))
    values = {name: value if asks.get(name, True) else empty[name] for name, value in asdict(draft).items()}
    return values | {"users": list(values["users"]), "words": values["words"].strip()}


def _check_words(draft: EffectDraft) -> None:
    if draft.occasion not in OCCASIONS:
        raise Invalid("occasion", draft.occasion, "is not known", f"Choose one of: {', '.join(OCCASIONS)}.")
    if draft.act not in ACTS:
        raise Invalid("act", draft.act, "is not known", f"Choose one of: {', '.join(ACTS)}.")
    if draft.act == TASK and not draft.words.strip():
        raise Invalid("words", "", "are missing", "Say what is to be done.")
    if len(draft.words) > LONGEST_WORDS:
        raise Invalid("words", "", "are too long", f"Use at most {LONGEST_WORDS} characters.")
    for name, days, most in (("days", draft.days, MOST_DAYS), ("cool_down", draft.cool_down, LONGEST_COOL_DOWN)):
        if not 0 <= days <= most:
            raise Invalid(name, days, "is no number of days", f"Use 0 to {most}.")


def _check_level(session: Session, track_id: int, draft: EffectDraft) -> None:
    level = None if draft.level_id is None else session.get(Level, draft.level_id)
    if draft.level_id is not None and (level is None or level.track_id != track_id):
        raise Invalid("level", draft.level_id, "is no level of this track", "Choose one of its levels.")


def _check_users(session: Session, draft: EffectDraft, known: Collection[int]) -> None:
    if draft.act == NOTICE and not draft.to_officer and not draft.users:
        raise Invalid("users", "", "are missing", "Say who is told.")
    if draft.act not in (TASK, NOTICE):
        return
    for user_id in draft.users:
        user = session.get(User, user_id)
        if user is None or not (user.active or user_id in known):
            raise Invalid("users", user.name if user else user_id, "can do nothing here", "Choose an active user.")
