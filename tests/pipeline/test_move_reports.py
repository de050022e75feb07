"""Call reports: who was there, who may read them, correcting and removing them, and taking that back."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING, sight
from donors.core.changes import Act, ChangeSet, open_change
from donors.core.errors import Blocked, Conflict, Invalid, NotFound
from donors.mail.models import Contact
from donors.pipeline.assign import Charge, assign, release
from donors.pipeline.decide import OWN, TEAM, is_substantive
from donors.pipeline.models import Move, Pipeline, Presence, Stage
from donors.pipeline.move import Plan
from donors.pipeline.move_people import Present, guests
from donors.pipeline.move_report import Report
from donors.pipeline.prospect import Entry
from donors.pipeline.queries.moves import moves_of, planned_of
from donors.rollups.queries import figures_of
from donors.workflows.advance import add_prospect
from donors.workflows.begin import begin
from donors.workflows.moves import amend_move, log_move, remove_move
from donors.workflows.undo import undo_change
from tests.cast import ADA, DORA, OLIVE, SAM, Person
from tests.pipeline.conftest import NOW, TODAY, MakePerson

CALL = Report(TODAY, "call", "reached", "Told of the roof.", "Ask about the roof")


@pytest.fixture
def anna(session: Session, change: ChangeSet, person: MakePerson) -> int:
    """Somebody in a house that counts moves."""
    begin(session, within=change)
    return person("Anna")


def made_count(session: Session, constituent_id: int) -> int:
    """The figure that counts made moves, as it is stored."""
    return int(figures_of(session, constituent_id)["move_count"].value or 0)


def again(session: Session, cast: dict[Person, int], kind: str) -> ChangeSet:
    """One more act of Olive's."""
    return open_change(session, kind, act=Act(by=cast[OLIVE], at=NOW, through="web"))


def test_who_was_there(
    session: Session, change: ChangeSet, cast: dict[Person, int], anna: int, person: MakePerson
) -> None:
    hidden, spouse = person("Hidden", confidential=True), person("Carl")
    there = (
        Present(spouse),
        Present(hidden),
        Present(anna),
        Present(user_id=cast[SAM]),
        Present(name="  A   neighbour"),
    )
    move = log_move(session, anna, replace(CALL, present=(*there, *there)), within=change, on=TODAY)
    told = guests(session, [move.id], sees=sight(cast[OLIVE], OLIVE.role))[move.id]
    assert [(one.words, one.is_seen) for one in told] == [
        ("Carl", True),
        ("somebody", False),
        (SAM.name, True),
        ("A neighbour", True),
    ]
    assert [one.words for one in guests(session, [move.id], sees=EVERYTHING)[move.id]][1] == "Hidden"
    with pytest.raises(NotFound):
        log_move(session, anna, replace(CALL, present=(Present(999_999),)), within=change, on=TODAY)
    crowd = tuple(Present(name=f"Guest {number}") for number in range(31))
    with pytest.raises(Invalid):
        log_move(session, anna, replace(CALL, present=crowd), within=change, on=TODAY)


def test_what_is_in_the_background_moves_nobodys_work(session: Session, change: ChangeSet, anna: int) -> None:
    assert is_substantive("visit", "positive")
    assert not is_substantive("visit", "positive", background=True)
    gala = log_move(session, anna, replace(CALL, is_background=True, minutes=15), within=change, on=TODAY)
    assert (gala.is_background, gala.is_substantive, gala.minutes) == (True, False, 15)
    for wrong in ({"minutes": 0}, {"minutes": 1441}, {"is_background": True, "is_substantive": True}, {"readers": "x"}):
        with pytest.raises(Invalid):
            log_move(session, anna, replace(CALL, **wrong), within=change, on=TODAY)


def test_a_team_reads_what_others_do_not(
    session: Session, change: ChangeSet, cast: dict[Person, int], anna: int
) -> None:
    for readers in (TEAM, OWN, ""):
        log_move(session, anna, replace(CALL, report=readers or "all", readers=readers), within=change, on=TODAY)

    def read_by(person: Person) -> set[str]:
        return {line.move.report for line in moves_of(session, anna, sees=sight(cast[person], person.role))}

    assert read_by(OLIVE) == read_by(ADA) == {TEAM, OWN, "all"}  # the writer, and an administrator
    assert read_by(SAM) == read_by(DORA) == {"all"}
    charge = assign(session, anna, Charge(cast[SAM], TODAY, "secondary"), within=change)
    assert read_by(SAM) == {TEAM, "all"}
    release(session, charge.id, on=date(2026, 3, 4), reason="moved on", within=change)
    assert read_by(SAM) == {"all"}


def test_the_ledger_of_contacts_is_not_told_what_a_confidential_report_was_for(
    session: Session, change: ChangeSet, anna: int
) -> None:
    log_move(session, anna, replace(CALL, readers=TEAM), within=change, on=TODAY)
    assert session.scalars(select(Contact.about)).all() == ["Call"]


def test_a_report_is_corrected_and_the_correction_taken_back(
    session: Session, change: ChangeSet, cast: dict[Person, int], anna: int
) -> None:
    move = log_move(session, anna, replace(CALL, present=(Present(name="June"),)), within=change, on=TODAY)
    edit = again(session, cast, "move.edit")
    better = Report(date(2026, 3, 1), "visit", "positive", "At her studio.", present=(Present(user_id=cast[SAM]),))
    amend_move(session, move.id, better, within=edit, on=TODAY, expect=move.version)
    (line,) = moves_of(session, anna, sees=EVERYTHING)
    assert (line.move.method, line.move.made_on, line.move.purpose) == ("visit", date(2026, 3, 1), "Visit")
    assert [one.words for one in guests(session, [move.id], sees=EVERYTHING)[move.id]] == [SAM.name]
    assert session.scalars(select(Contact.key)).all() == []  # a visit asks no channel
    with pytest.raises(Conflict):
        amend_move(session, move.id, CALL, within=again(session, cast, "move.edit"), on=TODAY, expect=1)


def test_undo_of_a_correction(session: Session, change: ChangeSet, cast: dict[Person, int], anna: int) -> None:
    move = log_move(session, anna, replace(CALL, present=(Present(name="June"),)), within=change, on=TODAY)
    edit = again(session, cast, "move.edit")
    amend_move(session, move.id, Report(TODAY, "visit", "positive"), within=edit, on=TODAY)
    undo_change(session, edit, act=Act(by=cast[OLIVE], at=NOW, through="web"), on=TODAY)
    session.refresh(move)
    assert (move.method, move.outcome, move.report) == ("call", "reached", "Told of the roof.")
    assert [one.words for one in guests(session, [move.id], sees=EVERYTHING)[move.id]] == ["June"]
    assert session.scalars(select(Contact.about)).all() == ["Ask about the roof"]


def test_a_report_is_removed_and_brought_back(
    session: Session, change: ChangeSet, cast: dict[Person, int], anna: int
) -> None:
    following = Plan("Show the studio", date(2026, 3, 20))
    told = replace(CALL, present=(Present(name="June"),), next_move=following)
    move = log_move(session, anna, told, within=change, on=TODAY)
    move_id = move.id
    assert made_count(session, anna) == 1
    removal = again(session, cast, "move.remove")
    remove_move(session, move_id, within=removal, on=TODAY, expect=move.version)
    assert (made_count(session, anna), session.scalars(select(Presence)).all()) == (0, [])
    (planned,) = planned_of(session, anna, sees=EVERYTHING)
    assert planned.move.follows_id is None
    undo_change(session, removal, act=Act(by=cast[OLIVE], at=NOW, through="web"), on=TODAY)
    assert made_count(session, anna) == 1
    assert [one.words for one in guests(session, [move_id], sees=EVERYTHING)[move_id]] == ["June"]
    session.refresh(planned.move)
    assert planned.move.follows_id == move_id
    with pytest.raises(Blocked):
        remove_move(session, planned.move.id, within=again(session, cast, "move.remove"), on=TODAY)


def test_of_two_pipelines_the_move_is_for_the_one_that_was_named(
    session: Session, pipeline: Pipeline, change: ChangeSet, anna: int
) -> None:
    other = Pipeline(name="Planned gifts", position=2, created_in=change.id)
    session.add(other)
    session.flush()
    session.add(Stage(pipeline_id=other.id, name="Talks", position=1, created_in=change.id))
    session.flush()
    first = add_prospect(session, anna, pipeline.id, Entry(TODAY), within=change).prospect.id
    second = add_prospect(session, anna, other.id, Entry(TODAY), within=change).prospect.id
    told = replace(CALL, prospect_id=second, next_move=Plan("Send the paper", date(2026, 3, 9)))
    move = log_move(session, anna, told, within=change, on=TODAY)
    (planned,) = planned_of(session, anna, sees=EVERYTHING)
    assert (move.prospect_id, planned.move.prospect_id) == (second, second)
    assert log_move(session, anna, CALL, within=change, on=TODAY).prospect_id is None
    assert session.scalars(select(Move.id).where(Move.prospect_id == first)).all() == []
