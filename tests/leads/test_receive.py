"""Leads as they come in: what is kept, whose turn it is, when an answer is due; many at once as one after another."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet
from donors.core.errors import Invalid
from donors.core.settings import organization, set_organization
from donors.leads.models import Lead, LeadConsent, LeadEntry
from donors.leads.new_lead import Agreed, NewLead
from donors.leads.receive import receive, receive_many
from donors.leads.rota import BY_ROTA, set_rota
from tests.cast import OLIVE, SAM, Person
from tests.leads.conftest import DAY, NOON

IRIS = NewLead(
    "web_form",
    given_name="  Iris ",
    family_name="Núñez  Vega",
    email="Iris@Example.org",
    phone="+1 212 555 0100",
    postal_code="sw1a 1aa",
    country="usa",
    interests=("Visits", "Visits", " "),
    message="Hello\r\nthere",
    answer_hours=24,
    consents=(Agreed("email", "Old words"), Agreed("email", "You may write to me.")),
)


def test_what_is_told_is_kept_clean(session: Session, cast: dict[Person, int], change: ChangeSet) -> None:
    set_rota(session, [cast[OLIVE]], within=change)
    lead = receive(session, IRIS, within=change, at=NOON, on=DAY)
    assert (lead.given_name, lead.family_name) == ("Iris", "Núñez Vega")
    assert (lead.postal_code, lead.country, lead.interests, lead.message) == (
        "SW1A 1AA",
        "US",
        ["Visits"],
        "Hello\nthere",
    )
    assert (lead.sort_name, lead.search_text.split()[:3]) == ("nunez vega iris", ["iris", "nunez", "vega"])
    entry = session.scalars(select(LeadEntry)).one()
    assert (entry.lead_id, entry.status, entry.owner_id, entry.why) == (lead.id, "new", cast[OLIVE], BY_ROTA)
    said = session.scalars(select(LeadConsent)).one()
    assert (said.channel, said.granted, said.wording, said.given_on) == ("email", True, "You may write to me.", DAY)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"given_name": "", "family_name": "", "email": "", "phone": ""}, "name"),
        ({"email": "iris@"}, "e-mail"),
        ({"email": "iris@example.org\nBcc: all@example.org"}, "e-mail"),
        ({"family_name": "Vega\x00"}, "family name"),
        ({"given_name": "x" * 201}, "given name"),
        ({"source": "gossip"}, "source"),
        ({"consents": (Agreed("pigeon", "By pigeon."),)}, "channel"),
        ({"interests": tuple(map(str, range(31)))}, "interests"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_cannot_be_taken_is_said(session: Session, change: ChangeSet, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        receive(session, replace(IRIS, **wrong), within=change, at=NOON, on=DAY)
    assert refused.value.field == field
    assert session.scalars(select(Lead)).all() == []


def test_a_key_comes_in_once(session: Session, change: ChangeSet) -> None:
    first = receive(session, replace(IRIS, key="row 7"), within=change, at=NOON, on=DAY)
    assert receive(session, replace(IRIS, key="row 7", city="Elsewhere"), within=change, at=NOON, on=DAY) is first
    many = [replace(IRIS, key="row 7"), replace(IRIS, key="row 8"), replace(IRIS, key="row 8")]
    found = receive_many(session, many, within=change, at=NOON, on=DAY)
    assert found[0] is first
    assert found[1] is found[2] is not first
    assert len(session.scalars(select(Lead)).all()) == 2


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_hours_count_while_somebody_is_expected_to_answer(session: Session, change: ChangeSet) -> None:
    here = replace(
        organization(session),
        zone="Europe/Vienna",
        quiet_from="20:00",
        quiet_until="08:00",
        closed_days=("2026-07-06 Outing",),
    )
    set_organization(session, here, within=change)
    friday = datetime(2026, 7, 3, 16, tzinfo=UTC)  # 18:00 in Vienna: two hours are left of the day
    due = receive(session, replace(IRIS, answer_hours=15), within=change, at=friday, on=DAY).answer_due_at
    assert due == datetime(2026, 7, 8, 7, tzinfo=UTC)  # Monday is closed, Tuesday has 12 hours, the last is 9 o'clock
    assert receive(session, replace(IRIS, answer_hours=None), within=change, at=NOON, on=DAY).answer_due_at is None


WORDS = st.sampled_from(["", "Ada", "Núñez", "O’Neill"])
NEWS = st.builds(
    NewLead,
    source=st.sampled_from(["web_form", "event", "list"]),
    given_name=WORDS,
    family_name=WORDS,
    email=st.sampled_from(["a@example.org", "B@example.org"]),
    key=st.sampled_from([None, "a", "b"]),
    by_rota=st.booleans(),
    answer_hours=st.sampled_from([None, 8, 24]),
    consents=st.sampled_from([(), (Agreed("email", "Yes"),), (Agreed("post", "No", granted=False),)]),
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(news=st.lists(NEWS, max_size=7))
def test_many_at_once_are_as_one_after_another(
    session: Session, cast: dict[Person, int], change: ChangeSet, news: list[NewLead]
) -> None:
    set_rota(session, [cast[OLIVE], cast[SAM]], within=change)

    def outcome(*, at_once: bool) -> list[list[tuple[Any, ...]]]:
        with session.begin_nested() as apart:
            if at_once:
                found = receive_many(session, news, within=change, at=NOON, on=DAY)
            else:
                found = [receive(session, new, within=change, at=NOON, on=DAY) for new in news]
            first = min((lead.id for lead in found), default=0)
            result = [[(lead.id - first,) for lead in found], *(_rows(session, model, first) for model in KEPT)]
            apart.rollback()
        session.expunge_all()
        return result

    assert outcome(at_once=True) == outcome(at_once=False)


KEPT = (Lead, LeadEntry, LeadConsent)


def _rows(session: Session, model: Any, first: int) -> list[tuple[Any, ...]]:
    """What stands in a table, with ids counted from the first lead."""
    names = [column.key for column in inspect(model).columns if column.key not in {"id", "created_in", "lead_id"}]
    lead_id = model.id if model is Lead else model.lead_id
    found = session.execute(select(lead_id - first, *(getattr(model, name) for name in names)).order_by(model.id))
    return [tuple(str(value) for value in row) for row in found]
