"""After an undo: what hangs on the rows that came back or went is brought in line: search words, figures, levels."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent
from donors.constituents.restraint import is_left_alone, why_frozen
from donors.constituents.words import rewrite_words
from donors.core.bulk import among
from donors.core.changes import ChangeSet
from donors.core.errors import Blocked
from donors.core.settings import settled
from donors.core.undo import tables_touched, values_touched
from donors.giving.fiscal import CREDIT, relabel_credits
from donors.pipeline.asks.opportunity import repeat_amounts
from donors.rollups.queries import definitions
from donors.rollups.refresh import IDS_IN_A_STATEMENT
from donors.rollups.targets import OF_MANY, Target
from donors.volunteering.fiscal import SHIFT, relabel_shifts
from donors.workflows.leave_alone import leave_alone
from donors.workflows.refresh import refresh_constituents
from donors.workflows.rollups import compute
from donors.workflows.tracks import Following, settle_everybody

ALONG = ("standing", "level_effect_run", "level_notice", "start_run")
"""Tables whose rows follow from others, and go along with what they point at."""

FIGURES = (
    ("credit", "constituent_id"),
    ("shift", "constituent_id"),
    ("move", "constituent_id"),
    ("household_membership", "household_id"),
    ("household_membership", "constituent_id"),
    ("ruling", "constituent_id"),
    ("constituent", "id"),
)
NAMES = (
    ("constituent", "id"),
    ("email_address", "constituent_id"),
    ("phone", "constituent_id"),
    ("external_id", "constituent_id"),
)
"""Where the constituents stand whose figures, or whose search words, an undo leaves stale."""
BEGUN = tuple((table, "constituent_id") for table in ("running_plan", "prospect", "outbox"))
"""Where the constituents stand with whom an undo may begin again what nobody may begin with who objects."""
PURSUED = (*NAMES, *BEGUN, *((table, "constituent_id") for table in ("task", "move", "assignment")))
"""Where the constituents stand whose rights an undo may touch."""
ASKS = (("opportunity", "prospect_id"), ("prospect", "id"))
"""Where the prospects stand whose asks an undo may change."""
DEFINED = (("rollup_definition", "id"),)
TRACKS = (("track", "id"),)


def bring_up_to_date(session: Session, undoing: ChangeSet, *, on: date) -> None:
    """Brings search, asks, figures and levels up to what an undo has just done.

    Raises Blocked where it has changed a restricted record.
    """
    rewrite_words(session, _stale(session, undoing, NAMES))
    repeat_amounts(session, sorted(_stale(session, undoing, ASKS)))
    _keep_rights(session, undoing, on=on)
    touched = _stale(session, undoing, FIGURES)
    _label(session, sorted(touched))
    refresh_constituents(session, touched, within=undoing, on=on, cause="correction")
    for key in _redefined(session, undoing):
        compute(session, key, within=undoing, on=on, effects=False)
    if _stale(session, undoing, TRACKS):
        settle_everybody(session, Following(on, effects=False), within=undoing)


def _keep_rights(session: Session, undoing: ChangeSet, *, on: date) -> None:
    """Nothing is changed of a restricted record, and nobody pursues anew who objected or was erased.

    Raises Blocked. What the undo lifts itself does not stand in its way.
    """
    touched = sorted(_stale(session, undoing, PURSUED))
    held = session.scalars(select(Constituent).where(among(session, Constituent.id, touched), is_left_alone())).all()
    frozen = tuple(why_frozen(row) for row in held if row.erased_on is None and row.restricted_on is not None)
    if frozen:
        raise Blocked("This cannot be undone", frozen)
    erased = [row.id for row in held if row.erased_on is not None]
    if erased:
        leave_alone(session, erased, reason="erased", on=on, within=undoing, answers=True)
    begun = _stale(session, undoing, BEGUN)
    objecting = [row.id for row in held if row.objected_on is not None and row.erased_on is None and row.id in begun]
    if objecting:
        leave_alone(session, objecting, reason="objected to fundraising", on=on, within=undoing)


def _redefined(session: Session, undoing: ChangeSet) -> list[str]:
    """The figures whose definitions an undo has set back."""
    ids = _stale(session, undoing, DEFINED)
    if not ids:
        return []
    every = (one for owner in (Target.CONSTITUENT, *OF_MANY) for one in definitions(session, owner))
    return [one.key for one in every if one.id in ids]


def _label(session: Session, ids: list[int]) -> None:
    """Gives what came back the label of its fiscal year by the calendar of now."""
    fiscal = settled(session).fiscal
    for start in range(0, len(ids), IDS_IN_A_STATEMENT):
        some = ids[start : start + IDS_IN_A_STATEMENT]
        relabel_credits(session, fiscal, which=CREDIT.c.constituent_id.in_(some))
        relabel_shifts(session, fiscal, which=SHIFT.c.constituent_id.in_(some))


def _stale(session: Session, undoing: ChangeSet, places: tuple[tuple[str, str], ...]) -> set[int]:
    tables = tables_touched(session, undoing)
    some = (place for place in places if place[0] in tables)
    return {value for table, column in some for value in values_touched(session, undoing, table=table, column=column)}
