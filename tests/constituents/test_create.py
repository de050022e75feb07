"""New constituents: checked, stored whole, alike one by one and in bulk."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.create import create, create_many, unknown_giver
from donors.constituents.edit import edit
from donors.constituents.models import (
    HOUSEHOLD,
    KINDS,
    ORGANIZATION,
    Constituent,
    EmailAddress,
    ExternalId,
    Phone,
    PostalAddress,
    SearchWord,
)
from donors.constituents.queries import contact_points, ids_of_external
from donors.constituents.records import Address, Email, NewConstituent, PhoneNumber, checked
from donors.core.errors import Invalid
from tests.constituents.people import change


def test_a_person_is_stored_whole(session: Session) -> None:
    record = NewConstituent(
        given_name=" Anna  Maria ",
        family_name="Berg",
        emails=(Email("Anna@Example.org", "home"), Email("anna@example.ORG"), Email("a@b.org")),
        phones=(PhoneNumber("+1 (212) 555-0100"),),
        addresses=(Address(street="1 Elm St", city="Albany", region="NY", postal_code="12207", country="usa"),),
        external_ids=(("crm", "17"),),
    )
    row = create(session, record, within=change(session))
    assert (row.name, row.sort_name, row.version) == ("Anna Maria Berg", "berg anna maria", 1)
    points = contact_points(session, row.id)
    assert [(one.address, one.is_primary) for one in points.emails] == [("Anna@Example.org", True), ("a@b.org", False)]
    assert points.phones[0].digits == "12125550100"
    assert points.addresses[0].country == "US"
    assert ids_of_external(session, "crm", ["17", "18"]) == {"17": row.id}


def test_a_suffix_does_not_stand_in_for_a_name_that_is_known_whole(session: Session) -> None:
    row = create(session, NewConstituent(name="John Webb", suffix="Sr."), within=change(session))
    assert (row.name, row.suffix) == ("John Webb", "Sr.")
    edit(session, row, values={"suffix": "Jr."}, within=change(session))
    assert (row.name, row.suffix) == ("John Webb", "Jr.")


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (NewConstituent(), "name"),
        (NewConstituent(kind=ORGANIZATION), "name"),
        (NewConstituent(kind="robot", name="R"), "kind"),
        (NewConstituent(name="A" * 201), "name"),
        (NewConstituent(name="Anna \u202egreB"), "name"),
        (NewConstituent(name="A", emails=(Email("anna at example"),)), "e-mail"),
        (NewConstituent(name="A", emails=(Email("anna@example"),)), "e-mail"),
        (NewConstituent(name="A", phones=(PhoneNumber("call me"),)), "phone"),
        (NewConstituent(name="A", addresses=(Address(city="X", country="Atlantis"),)), "country"),
        (NewConstituent(name="A", addresses=(Address(label="home"),)), "address"),
        (NewConstituent(name="A", external_ids=(("", "1"),)), "external id"),
    ],
)
def test_what_cannot_be_taken_names_field_and_remedy(record: NewConstituent, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(record)
    assert refused.value.field == field
    assert refused.value.remedy


def test_an_external_id_belongs_to_one(session: Session) -> None:
    anna = NewConstituent(name="Anna", external_ids=(("crm", "1"),))
    create(session, anna, within=change(session))
    with pytest.raises(Invalid):
        create(session, anna, within=change(session))
    with pytest.raises(Invalid):
        twice = NewConstituent(name="B", external_ids=(("crm", "2"),))
        create_many(session, [twice, twice], within=change(session))
    assert len(session.scalars(select(Constituent)).all()) == 1


def test_there_is_one_unknown_giver(session: Session) -> None:
    first = unknown_giver(session, within=change(session))
    assert unknown_giver(session, within=change(session)).id == first.id
    assert (first.name, first.is_unknown_giver) == ("Anonymous", True)


def test_a_household_waits_for_its_members(session: Session) -> None:
    assert create(session, NewConstituent(kind=HOUSEHOLD), within=change(session)).name == "Household"


NAMES = st.sampled_from(["Ann", "Bob", "Zoë", "O’Neill", "van Dyk", "李", ""])
RECORDS = st.builds(
    NewConstituent,
    kind=st.sampled_from(KINDS),
    name=st.sampled_from(["The Lund Trust", "Berg"]),
    given_name=NAMES,
    family_name=NAMES,
    nickname=NAMES,
    emails=st.lists(st.sampled_from([Email("a@x.org"), Email("A@x.org", "work"), Email("b@x.org")])).map(tuple),
    phones=st.lists(st.sampled_from([PhoneNumber("555 0100"), PhoneNumber("5550100"), PhoneNumber("555-0199")])).map(
        tuple
    ),
    addresses=st.lists(st.sampled_from([Address(city="Bonn"), Address(postal_code="12207")])).map(tuple),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(records=st.lists(RECORDS, max_size=5))
def test_many_at_once_are_stored_as_one_by_one(session: Session, records: list[NewConstituent]) -> None:
    within = change(session)
    singly = [create(session, record, within=within).id for record in records]
    together = create_many(session, records, within=within)
    assert [stored(session, one) for one in singly] == [stored(session, one) for one in together]
    session.rollback()


def stored(session: Session, constituent_id: int) -> list[Any]:
    """All that is stored of a constituent, without ids."""
    facts: list[Any] = []
    for model in (Constituent, EmailAddress, Phone, PostalAddress, ExternalId, SearchWord):
        owner = model.id if model is Constituent else model.constituent_id
        rows = session.execute(select(*model.__table__.c).where(owner == constituent_id)).mappings()
        facts += sorted(str({k: v for k, v in row.items() if k not in {"id", "constituent_id"}}) for row in rows)
    return facts
