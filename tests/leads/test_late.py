"""Leads that nobody answers: who gets them, who is told, and that it happens once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from donors.accounts.absences import AbsenceDraft, add_absence
from donors.core.changes import Act, ChangeSet, open_change
from donors.core.settings import organization, set_organization
from donors.leads.late import LATE
from donors.leads.models import Lead, LeadEntry
from donors.leads.new_lead import NewLead
from donors.leads.receive import receive_many
from donors.leads.rota import set_rota
from donors.mail.models import SENT, Outbox
from donors.workflows.leads import give_by_hand, hand_up_late, take_in
from donors.workflows.undo import undo_change
from tests.cast import DORA, GINA, OLIVE, SAM, VERA, Person, sign_in
from tests.leads.conftest import DAY, NOON

IRIS = NewLead("web_form", given_name="Iris", family_name="Vega", email="iris@example.org", answer_hours=4)
SITE = "https://here.example"
LATER = NOON + timedelta(hours=5)


def come(session: Session, new: NewLead = IRIS) -> Lead:
    """A lead that came in at noon."""
    return take_in(session, new, act=Act(None, NOON, "web"), site=SITE)[0]


def hand_up(session: Session) -> int:
    """What the queue does at five."""
    return hand_up_late(session, act=Act(None, LATER, "job"), site=SITE, limit=10)


def mails(session: Session) -> list[tuple[str, str]]:
    """To whom mails went, and their subjects, in order."""
    found = session.execute(select(Outbox.to_address, Outbox.subject).order_by(Outbox.id))
    return [(row.to_address, row.subject) for row in found]


def test_a_late_lead_goes_to_a_director_once(session: Session, cast: dict[Person, int], change: ChangeSet) -> None:
    set_rota(session, [cast[OLIVE]], within=change)
    late, answered, unclocked = come(session), come(session), come(session, replace(IRIS, answer_hours=None))
    answered.answered_at = NOON
    session.flush()
    assert hand_up_late(session, act=Act(None, NOON + timedelta(hours=4), "job"), site=SITE, limit=10) == 0
    assert [hand_up(session), hand_up(session)] == [1, 0]
    session.refresh(late)
    assert (late.owner_id, late.escalated_at, late.status) == (cast[DORA], LATER, "new")
    assert {answered.owner_id, unclocked.owner_id} == {cast[OLIVE]}
    entry = session.scalars(select(LeadEntry).order_by(LeadEntry.id.desc())).first()
    assert entry is not None
    assert (entry.lead_id, entry.owner_id, entry.why, entry.happened_on) == (late.id, cast[DORA], LATE, DAY)
    assert mails(session)[3:] == [
        (DORA.email, "Late lead: Iris Vega"),
        (OLIVE.email, "Lead not answered: Iris Vega"),
    ]
    told = session.scalars(select(Outbox.text_body).where(Outbox.to_address == DORA.email)).one()
    assert "Olive Officer has not answered in time" in told
    assert f"{SITE}/leads/{late.id}" in told


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("to", ["next", "nobody"])
def test_where_it_goes_is_a_setting(session: Session, cast: dict[Person, int], change: ChangeSet, to: str) -> None:
    set_organization(session, replace(organization(session), late_leads_to=to), within=change)
    set_rota(session, [cast[OLIVE], cast[SAM]], within=change)
    lead = come(session)
    assert hand_up(session) == 1
    session.refresh(lead)
    assert lead.owner_id == (cast[SAM] if to == "next" else cast[OLIVE])
    assert {to for to, _subject in mails(session)[1:]} == ({SAM.email, OLIVE.email} if to == "next" else {OLIVE.email})


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_flood_of_leads_is_no_flood_of_mails(session: Session, cast: dict[Person, int], change: ChangeSet) -> None:
    set_rota(session, [cast[OLIVE]], within=change)
    receive_many(session, [IRIS] * 29, within=change, at=NOON, on=DAY)
    come(session)
    come(session)
    assert mails(session) == [(OLIVE.email, "New lead: Iris Vega")]


def test_who_is_given_leads_by_hand_is_told_at_once(session: Session, cast: dict[Person, int]) -> None:
    by_dora = Act(cast[DORA], LATER, "web")
    leads = receive_many(session, [IRIS] * 7, within=open_change(session, "test", act=by_dora), at=NOON, on=DAY)
    ids = [lead.id for lead in leads]

    def give(some: list[int], to: int | None) -> ChangeSet:
        within = open_change(session, "lead.give", act=by_dora)
        give_by_hand(session, some, to, within=within, site=SITE)
        return within

    within = give(ids[:2], cast[OLIVE])
    assert mails(session) == [(OLIVE.email, "A lead for you: Iris Vega")] * 2
    text = session.scalars(select(Outbox.text_body)).first() or ""
    assert "waits for an answer. It is yours now. Dora Director gave it to you." in text
    assert f"{SITE}/leads/{ids[0]}\n" in text
    give(ids[:2], cast[OLIVE])
    give(ids[2:3], cast[DORA])
    give(ids[2:3], None)
    assert len(mails(session)) == 2
    session.execute(update(Outbox).values(state=SENT))
    undo_change(session, within, act=by_dora, on=DAY)
    give(ids, cast[OLIVE])
    assert mails(session)[2:] == [(OLIVE.email, "7 leads for you")]
    assert {lead.owner_id for lead in leads} == {cast[OLIVE]}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nobodys_lead_is_told_to_those_who_may_give_it(
    session: Session, cast: dict[Person, int], change: ChangeSet
) -> None:
    set_rota(session, [cast[OLIVE]], within=change)
    add_absence(session, AbsenceDraft(cast[OLIVE], DAY, DAY), within=change)
    lead = come(session)
    assert lead.owner_id is None
    assert sorted(subject for _to, subject in mails(session)) == ["New lead, nobody’s yet: Iris Vega"] * 2
    assert hand_up(session) == 1
    session.refresh(lead)
    assert lead.owner_id == cast[DORA]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_staff_enter_leads(client: FlaskClient, session: Session, cast: dict[Person, int], change: ChangeSet) -> None:
    set_rota(session, [cast[OLIVE]], within=change)
    session.commit()
    sign_in(client, GINA)
    assert client.get("/leads/new").status_code == 403
    sign_in(client, VERA)
    assert client.get("/leads/new").status_code == 200
    given = {
        "given_name": "Iris",
        "source": "volunteer",
        "interests": "Birds, Boats",
        "channels": ["email"],
        "owner": "",
    }
    refused = client.post("/leads/new", data={**given, "email": "iris@"})
    assert refused.status_code == 422
    assert "In which words" in refused.text
    assert 'value="Birds, Boats"' in refused.text
    given |= {"wording": "I asked her at the shift.", "answer_hours": "8"}
    nobody = client.post("/leads/new", data={**given, "introducer_name": "Nobody at all", "introducer": ""})
    assert (nobody.status_code, "Nobody answers to this name" in nobody.text) == (422, True)
    answer = client.post("/leads/new", data=given)
    assert (answer.status_code, answer.location) == (303, "/leads/new")
    lead = session.scalars(select(Lead)).one()
    assert (lead.source, lead.interests, lead.owner_id) == ("volunteer", ["Birds", "Boats"], cast[OLIVE])
    assert mails(session) == [(OLIVE.email, "New lead: Iris")]
    session.rollback()
    sign_in(client, OLIVE)
    keyed = {**given, "given_name": "Ida", "request_key": "0123456789abcdef"}
    first, again = client.post("/leads/new", data=keyed), client.post("/leads/new", data=keyed)
    assert first.location == again.location == f"/leads/{max(session.scalars(select(Lead.id)))}"
