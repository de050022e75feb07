"""Columns beyond the giver and the sum: what holds for a whole file, and who gets soft credit."""

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent, ExternalId
from donors.core.changes import JournalEntry, open_change
from donors.core.errors import Invalid
from donors.giving.models import Appeal, Campaign, Credit, Fund, Gift, GiftSplit
from donors.imports.leaf import leaf
from donors.imports.map import defaults_said
from donors.imports.queries import rows_to_see
from donors.levels.models import Standing
from donors.rollups.queries import values_of
from donors.workflows.begin import begin
from tests.imports.files import ACT, apply, check, counts, received, state, taken

HEAD = "gift id,donor id,name,amount,date,campaign,soft credit\n"
ANNA = "G1,D1,Anna Lee,50.00,2026-03-02,,\n"
BEN = "G2,D2,Ben Okafor,20.00,2026-03-02,Fall,D1\n"


def person(session: Session, key: str) -> int:
    """The constituent of a key of the file."""
    return session.scalars(select(ExternalId.constituent_id).where(ExternalId.value == key)).one()


def prepared(session: Session) -> None:
    """An organization with its usual figures."""
    begin(session, within=open_change(session, "organization.begin", act=ACT))
    session.commit()


def test_what_is_said_for_all_rows_fills_empty_cells_and_missing_columns(session: Session) -> None:
    said = {"campaign": "Spring", "fund": "Library", "appeal": "Letter"}
    number = taken(HEAD + ANNA + BEN.replace("D1", ""), options={"defaults": said})
    names = select(Gift.external_id, Campaign.name, Appeal.name, Fund.name).join(
        Campaign, Campaign.id == Gift.campaign_id
    )
    names = names.join(Appeal, Appeal.id == Gift.appeal_id).join(GiftSplit, GiftSplit.gift_id == Gift.id)
    rows = session.execute(names.join(Fund, Fund.id == GiftSplit.fund_id).order_by(Gift.id)).all()
    assert [tuple(row) for row in rows] == [("G1", "Spring", "Letter", "Library"), ("G2", "Fall", "Letter", "Library")]
    session.rollback()
    assert counts(session, number) == {"new": 2}
    assert counts(session, taken(HEAD + ANNA, options={"defaults": said})) == {"same": 1}


def test_only_some_fields_can_be_said_for_all_rows() -> None:
    assert defaults_said("gifts", ["fund= Library "]) == {"fund": "Library"}
    for kind, word in (("gifts", "amount=5"), ("gifts", "fund"), ("constituents", "fund=Library")):
        try:
            defaults_said(kind, [word])
        except Invalid as error:
            assert error.value == word
        else:
            raise AssertionError(word)


def test_soft_credit_goes_to_somebody_above_in_the_file_and_into_figures(app: Flask, session: Session) -> None:
    prepared(session)
    unknown = "G3,D3,Cleo Day,10.00,2026-03-02,,D9\n"
    own = "G4,D1,Anna Lee,10.00,2026-03-03,,D1\n"
    number = taken(HEAD + ANNA + BEN + unknown + own)
    assert counts(session, number) == {"new": 2, "bad": 2}
    anna = person(session, "D1")
    soft = session.scalars(select(Credit.amount).where(Credit.constituent_id == anna, Credit.kind == "soft")).all()
    assert list(soft) == [2000]
    figures = values_of(session, anna)
    assert (figures["lifetime_total"], figures["soft_lifetime_total"]) == (5000, 2000)
    assert [(row.line, (row.problem or {})["value"]) for row in rows_to_see(session, number)] == [(4, "D9"), (5, "D1")]
    session.rollback()
    taken(HEAD + "G9,D9,Dora Fay,1.00,2026-03-02,,\n")
    apply(number)
    assert counts(session, number) == {"new": 3, "bad": 1}


def test_figures_of_a_former_giver_follow_a_change(session: Session) -> None:
    prepared(session)
    taken(HEAD + ANNA + BEN)
    moved = ANNA.replace("D1,Anna Lee", "D2,Ben Okafor")
    assert counts(session, taken(HEAD + moved, options={"update": True})) == {"updated": 1}
    assert values_of(session, person(session, "D1"))["lifetime_total"] in (None, 0)
    assert values_of(session, person(session, "D2"))["lifetime_total"] == 7000


def test_a_check_says_who_would_change_level_and_leaves_nothing(session: Session) -> None:
    prepared(session)
    taken(HEAD + ANNA + BEN.replace("D1", ""))
    tables = (Gift, Credit, Standing, Constituent, JournalEntry)
    before = [session.scalar(select(func.count()).select_from(table)) for table in tables]
    session.rollback()
    number = received(HEAD + ANNA.replace("G1", "G7").replace("50.00", "90000.00") + BEN.replace("G2", "G8"))
    check(number)
    assert state(session, number).counts["levels"] == 1
    assert [session.scalar(select(func.count()).select_from(table)) for table in tables] == before
    assert values_of(session, person(session, "D1"))["lifetime_total"] == 5000


def test_new_people_of_one_file_who_may_be_the_same_are_told(session: Session) -> None:
    head = "gift id,name,email,amount,date\n"
    rows = "1,Anna Lee,anna@example.org,5.00,2026-03-02\n2,Ana  Lee,,6.00,2026-03-02\n3,ANNA LEE,,7.00,2026-03-02\n"
    number = received(head + rows + "4,Bob Lee,anna@example.org,8.00,2026-03-02\n")
    check(number)
    row = state(session, number)
    assert row.counts["new"] == 4
    told = [one.reason for one in leaf(session, row, verdict="new", limit=9, offset=0)]
    same = "may be the same as the new one of row 2"
    assert told == ["", "", same, same]
    session.rollback()
