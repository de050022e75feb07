"""Leads of a file: mapped, checked, applied, applied again, changed and taken back, as other files are."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.create import create
from donors.constituents.models import Constituent
from donors.constituents.records import NewConstituent
from donors.core.changes import Act, open_change
from donors.core.clock import now
from donors.imports.judge import BAD, DIFFERS, NEW, SAME, UPDATED
from donors.imports.models import FileImport
from donors.imports.queries import file_import, rows_to_see
from donors.leads.models import Lead, LeadConsent, LeadEntry
from donors.leads.rota import set_rota
from tests.cast import OLIVE, SAM, Person
from tests.imports.files import counts, take_back, taken

HEADERS = (
    "lead_id,full_name,company,email,lead_source,event,referrer_id,introduced by,"
    "interests,notes,created_date,email_consent,wording"
)
FILE = f"""{HEADERS}
L1,Iris Núñez,,iris@example.org,Event,Harvest Supper,P9,,Birds; Boats,Sat by us,2026-03-02,yes,You may write.
L2,,Mill Ltd,mill@example.org,list,,,Old Joe,,,,no,
L3,Ann Onymous,,nonsense,,,,,,,,,
L4,Bob Vega,,,gossip,,,,,,,,
L5,Cy Prus,,cy@example.org,Referral,,P404,,,,,,
"""


@pytest.fixture
def introducer(session: Session, cast: dict[Person, int]) -> int:
    """Somebody whom the file's system knows as P9; Olive and Sam are on the rota."""
    change = open_change(session, "test", act=Act(None, now(), "web"))
    set_rota(session, [cast[OLIVE], cast[SAM]], within=change)
    who = NewConstituent(given_name="Walter", family_name="Hale", external_ids=(("crm", "P9"),))
    made = create(session, who, within=change).id
    session.commit()
    return made


def bring_in(session: Session, text: str, *, update: bool = False) -> FileImport:
    """Applies a file of the system crm."""
    session.commit()
    number = taken(text, "leads", source="crm", options={"update": update})
    return file_import(session, number)


def test_leads_come_in_once_and_are_taken_back(session: Session, introducer: int, cast: dict[Person, int]) -> None:
    number = bring_in(session, FILE).id
    assert counts(session, number) == {NEW: 2, BAD: 3}
    said = {one.line: (one.problem or {}) for one in rows_to_see(session, number)}
    assert [said[line]["value"] for line in (4, 5, 6)] == ["nonsense", "gossip", "P404"]
    assert all(one["remedy"] for one in said.values())
    iris, mill = session.scalars(select(Lead).order_by(Lead.id)).all()
    assert (iris.given_name, iris.family_name, iris.source, iris.source_note) == (
        "Iris",
        "Núñez",
        "event",
        "Harvest Supper",
    )
    assert (iris.introducer_id, iris.interests, iris.message) == (introducer, ["Birds", "Boats"], "Sat by us")
    assert (iris.received_at.date(), iris.answer_due_at) == (date(2026, 3, 2), None)
    assert (mill.organization, mill.source, mill.introduced_by) == ("Mill Ltd", "list", "Old Joe")
    assert {iris.owner_id, mill.owner_id} == {cast[OLIVE], cast[SAM]}
    words = session.execute(
        select(LeadConsent.lead_id, LeadConsent.granted, LeadConsent.wording).order_by(LeadConsent.id)
    )
    assert [tuple(one) for one in words] == [
        (iris.id, True, "You may write."),
        (mill.id, False, "As told in a file of crm"),
    ]
    assert len(session.scalars(select(LeadEntry)).all()) == 2
    assert len(session.scalars(select(Constituent)).all()) == 1
    assert counts(session, bring_in(session, FILE + "\n").id) == {SAME: 2, BAD: 3}
    session.commit()
    take_back(number)
    assert session.scalars(select(Lead)).all() == []
    assert session.scalars(select(LeadConsent)).all() == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_a_file_says_otherwise_waits_or_is_changed(session: Session, introducer: int) -> None:
    bring_in(session, FILE)
    other = FILE.replace("Sat by us", "Sat beside us").replace("Mill Ltd", "The Mill")
    assert counts(session, bring_in(session, other).id) == {DIFFERS: 2, BAD: 3}
    assert counts(session, bring_in(session, other + "\n", update=True).id) == {UPDATED: 2, BAD: 3}
    iris, mill = session.scalars(select(Lead).order_by(Lead.id)).all()
    assert (iris.message, mill.organization, mill.sort_name) == ("Sat beside us", "The Mill", "mill")
