"""What was decided not to be the same follows both through merges, and comes back with an undo."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.matching.apart import declare_apart
from donors.constituents.matching.models import NotDuplicate
from donors.core.changes import Act
from donors.workflows.merging.merge import Pair, merge_constituents
from donors.workflows.undo import undo_change
from tests.constituents.people import AT, TODAY, change, person


def decided(session: Session) -> set[tuple[int, int]]:
    """The pairs that were set apart."""
    return {(one.low_id, one.high_id) for one in session.scalars(select(NotDuplicate))}


def test_a_decision_follows_whoever_is_merged(session: Session) -> None:
    ann, ben, cy, dee = (person(session, f"{name} Berg").id for name in ("Ann", "Ben", "Cy", "Dee"))
    before = {(ann, cy), (cy, dee), (ann, dee)}
    declare_apart(session, before, within=change(session))
    merging = change(session, "constituent.merge")
    merge_constituents(session, Pair(ben, cy), within=merging, on=TODAY)
    assert decided(session) == {(ann, ben), (ben, dee), (ann, dee)}
    merge_constituents(session, Pair(dee, ann), within=change(session), on=TODAY)
    assert decided(session) == {(ben, dee)}


def test_an_undo_brings_decisions_back(session: Session) -> None:
    ann, ben, cy = (person(session, f"{name} Berg").id for name in ("Ann", "Ben", "Cy"))
    before = {(ann, ben), (ann, cy)}
    declare_apart(session, before, within=change(session))
    merging = change(session, "constituent.merge")
    merge_constituents(session, Pair(ann, ben), within=merging, on=TODAY)
    assert decided(session) == {(ann, cy)}
    undo_change(session, merging, act=Act(by=None, at=AT, through="setup"), on=TODAY)
    assert decided(session) == before
