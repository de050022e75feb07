"""Leads become constituents: new or known, at home somewhere, with organizations and asks; all or nothing."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.constituents.consent import Said, withdraw
from donors.constituents.create import create
from donors.constituents.models import Consent, Constituent
from donors.constituents.queries import contact_points, members, relationships
from donors.constituents.records import Email, NewConstituent, PhoneNumber
from donors.core.errors import Blocked, Invalid
from donors.leads.attempt import log_attempt
from donors.leads.models import CONVERTED, Lead
from donors.leads.terms import Try
from donors.pipeline.asks.decide import Terms
from donors.pipeline.asks.models import Opportunity
from donors.pipeline.models import Move, Prospect
from donors.pipeline.queries.stages import pipeline
from donors.pipeline.standard import install_standard
from donors.research.models import Rating
from donors.workflows.convert_lead import convert_leads
from donors.workflows.converting.look import LookFirst
from donors.workflows.converting.wanted import Affiliation, Called, Conversion, Converted, Home, Member, Onward
from donors.workflows.undo import undo_change
from tests.constituents.people import home, person
from tests.leads.records import AT, TODAY, act, change, lead, user
from tests.workflows.everything import everything

MONTH = timedelta(days=30)


def convert(session: Session, *members_: Member, **more: Any) -> Converted:
    """Converts leads today."""
    wanted = Conversion(members_, **more)
    return convert_leads(session, wanted, sees=EVERYTHING, on=TODAY, within=change(session))


def test_a_new_constituent_keeps_all_that_came_with_the_lead(session: Session) -> None:
    maren, petra = user(session), person(session, "Petra Introducer")
    one = lead(
        session,
        email="ann@x.org",
        phone="+1 212 555 0100",
        city="Bonn",
        interests=["River", "School"],
        introducer_id=petra.id,
        interest=4,
        ability=0,
        consents=(("email", "Yes, write to me."),),
    )
    log_attempt(
        session, one.id, Try(AT, "call", "left_word", "On the machine"), on=TODAY, within=change(session, maren)
    )
    made = convert(session, Member((one.id,)))
    (new_id,) = made.constituents
    points = contact_points(session, new_id)
    assert (points.emails[0].address, points.phones[0].number, points.addresses[0].city) == (
        "ann@x.org",
        "+1 212 555 0100",
        "Bonn",
    )
    said = session.scalars(select(Consent).where(Consent.constituent_id == new_id)).one()
    assert (said.channel, said.granted, said.wording, said.source) == ("email", True, "Yes, write to me.", "Web form")
    move = session.scalars(select(Move).where(Move.constituent_id == new_id)).one()
    assert (move.method, move.outcome, move.report, move.officer_id) == (
        "call",
        "no_answer",
        "Left word. On the machine",
        maren,
    )
    judged = session.scalars(select(Rating).where(Rating.constituent_id == new_id)).all()
    assert {(one.kind, one.score, one.source) for one in judged} == {("interest", 4, "lead"), ("ability", 0, "lead")}
    (tie,) = relationships(session, new_id, sees=EVERYTHING)
    assert (tie.kind, tie.other.id) == ("introducer", petra.id)
    assert session.get_one(Constituent, new_id).note == "Interests: River, School."
    assert (one.status, one.constituent_id, one.closed_on) == (CONVERTED, new_id, TODAY)


def test_nobody_new_before_likely_duplicates_were_looked_at(session: Session) -> None:
    known = person(session, "Ann Lee")
    one = lead(session)
    with pytest.raises(LookFirst, match="Ann Lee"):
        convert(session, Member((one.id,)))
    assert (one.status, len(session.scalars(select(Constituent)).all())) == ("new", 1)
    newer = person(session, "Ann Lee")
    with pytest.raises(LookFirst):
        convert(session, Member((one.id,), looked_at=frozenset({known.id})))
    made = convert(session, Member((one.id,), looked_at=frozenset({known.id, newer.id})))
    assert made.constituents[0] not in {known.id, newer.id}


def test_what_is_known_of_somebody_is_filled_in_and_not_overwritten(session: Session) -> None:
    known = person(session, "Ann Lee", emails=(Email("Ann@X.org", "home"),), phones=(PhoneNumber("+1 212 555 0199"),))
    withdraw(session, known, said=Said("email", TODAY, "letter"), within=change(session))
    one = lead(session, email="ann@x.org", phone="+1 212 555 0100", consents=(("phone", "Call me."),))
    old = lead(session, "A. Lee", email="second@x.org", consents=(("email", "Write."),))
    for said in session.scalars(select(Consent)):
        assert said.given_on == TODAY
    session.execute(
        Lead.metadata.tables["lead_consent"]
        .update()
        .values(given_on=TODAY - MONTH)
        .where(Lead.metadata.tables["lead_consent"].c.lead_id == old.id)
    )
    made = convert(session, Member((one.id, old.id), known.id))
    points = contact_points(session, known.id)
    assert [(each.address, each.label) for each in points.emails] == [("Ann@X.org", "home"), ("second@x.org", "")]
    assert (points.phones[0].number, len(points.phones)) == ("+1 212 555 0199", 2)
    said = {(each.channel, each.granted) for each in session.scalars(select(Consent))}
    assert said == {("email", False), ("phone", True)}
    assert made.notes == ("What Ann Lee said later about email holds.",)


def test_several_leads_move_into_one_household_with_an_organization_and_an_ask(session: Session) -> None:
    install_standard(session, within=change(session))
    house, maren = home(session), user(session)
    ann, bo = lead(session, "Ann Lee", organization="Acme"), lead(session, "Bo Lee", organization="self")
    onward = Onward(pipeline(session, None).id, officer_id=maren, ask=Terms(50_000, "The river"))
    made = convert(
        session,
        Member((ann.id,)),
        Member((bo.id,)),
        home=Home(house.id),
        affiliation=Affiliation(name="Acme", role="Treasurer"),
        onward=onward,
    )
    assert [one.person.name for one in members(session, house.id, on=TODAY, sees=EVERYTHING)] == ["Ann Lee", "Bo Lee"]
    assert session.get_one(Constituent, house.id).name == "Lee household"
    (tie,) = relationships(session, made.constituents[0], sees=EVERYTHING)
    assert (tie.other.name, tie.kind, tie.tie.note) == ("Acme", "employer", "Treasurer")
    assert relationships(session, made.constituents[1], sees=EVERYTHING) == []
    prospect = session.scalars(select(Prospect)).one()
    ask = session.scalars(select(Opportunity)).one()
    assert (prospect.constituent_id, ask.amount, ask.officer_id) == (made.constituents[0], 50_000, maren)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("body", "tied"), [("Acme", "Acme ACME"), ("River Mill", "River"), ("Parent", "Acme ACME")])
def test_who_names_another_organization_is_not_tied_to_it(session: Session, body: str, tied: str) -> None:
    names = ("Acme", "ACME Ltd.", "River Mill", "self")
    ids = [lead(session, f"Ann {name.split()[0]}", organization=name).id for name in names]
    made = convert(session, *(Member((one,)) for one in ids), affiliation=Affiliation(name=body))
    found = {one: relationships(session, one, sees=EVERYTHING) for one in made.constituents}
    family = {one.id: one.family_name for one in session.scalars(select(Constituent))}
    assert " ".join(family[one] for one, ties in found.items() if [tie.other.name for tie in ties] == [body]) == tied
    assert ("Ann River names River Mill: tie them on the page of Ann River." in made.notes) == (body != "River Mill")


def test_a_failure_at_the_end_leaves_nothing_behind(session: Session) -> None:
    install_standard(session, within=change(session))
    one = lead(session)
    before = everything(session)
    bad = Onward(pipeline(session, None).id, ask=Terms(amount=-1))
    with pytest.raises(Invalid, match="amount"):
        convert(session, Member((one.id,)), home=Home(), onward=bad)
    session.expire_all()
    assert everything(session) == before


def test_what_has_ended_is_not_converted_again(session: Session) -> None:
    one = lead(session)
    made = convert(session, Member((one.id,)))
    with pytest.raises(Blocked, match="converted already"):
        convert(session, Member((one.id,), made.constituents[0]))
    with pytest.raises(Invalid, match="named twice"):
        convert(session, Member((one.id,)), Member((one.id,)))


def test_a_name_can_be_put_right(session: Session) -> None:
    one = lead(session, "", email="ann@x.org")
    with pytest.raises(Invalid, match="name"):
        convert(session, Member((one.id,)))
    made = convert(session, Member((one.id,), called=Called(given_name="Ann", family_name="Lee")))
    assert session.get_one(Constituent, made.constituents[0]).name == "Ann Lee"


WANTED = st.fixed_dictionaries(
    {
        "together": st.booleans(),
        "known": st.booleans(),
        "house": st.sampled_from([None, "new", "known"]),
        "body": st.sampled_from([None, "new", "known"]),
        "onward": st.sampled_from([None, "member", "organization", "ask"]),
        "tried": st.booleans(),
    }
)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=WANTED)
def test_undo_leaves_everything_as_it_was(session: Session, wanted: dict[str, Any]) -> None:
    with session.begin_nested() as nothing_stays:
        asked = scene(session, wanted)
        before, within = everything(session), change(session)
        convert_leads(session, asked, sees=EVERYTHING, on=TODAY, within=within)
        assert set(session.scalars(select(Lead.status))) == {CONVERTED}
        assert everything(session) != before
        undo_change(session, within, act=act(), on=TODAY)
        session.expire_all()
        assert everything(session) == before
        nothing_stays.rollback()


def scene(session: Session, wanted: dict[str, Any]) -> Conversion:
    """Two leads, some whom they may become or belong to, and a conversion of them."""
    install_standard(session, within=change(session))
    maren, petra = user(session), person(session, "Petra Introducer")
    ann = lead(session, "Ann Lee", email="ann@x.org", organization="Acme", introducer_id=petra.id, interest=0)
    bo = lead(session, "Bo Lee", phone="+1 212 555 0100", consents=(("email", "Yes."),), linkage=5)
    if wanted["tried"]:
        tried = Try(AT, "call", "positive", follow_up_on=TODAY)
        log_attempt(session, ann.id, tried, on=TODAY, within=change(session, maren))
    known = person(session, "Annie Lee").id if wanted["known"] else None
    house, body = home(session), create(session, NewConstituent("organization", "Acme"), within=change(session))
    looked = frozenset(session.scalars(select(Constituent.id)))
    apart = (Member((ann.id,), known, looked_at=looked), Member((bo.id,), looked_at=looked))
    together = (Member((ann.id, bo.id), known, looked_at=looked),)
    bodies = {"new": Affiliation(name="Acme", looked_at=looked), "known": Affiliation(body.id)}
    homes = {"new": Home(), "known": Home(house.id)}
    onward = Onward(
        pipeline(session, None).id,
        officer_id=maren,
        who="organization" if wanted["onward"] == "organization" and wanted["body"] else "member",
        ask=Terms(1000) if wanted["onward"] == "ask" else None,
    )
    return Conversion(
        together if wanted["together"] else apart,
        homes.get(wanted["house"]),
        bodies.get(wanted["body"]),
        onward if wanted["onward"] else None,
    )
