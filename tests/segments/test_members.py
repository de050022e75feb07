"""Lists answer to criteria, search and sight, a page at a time or whole."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING, Sight
from donors.constituents.fields import FIELDS
from donors.constituents.records import Address, Email
from donors.core.criteria.parse import from_json
from donors.core.errors import Invalid, NotFound
from donors.core.fields import REGISTRY
from donors.core.paging import Paging, Sort
from donors.core.settings import Organization, organization
from donors.segments.members import Wanted, all_members, fields, member_ids, members
from donors.segments.queries import segment, segments
from donors.segments.save import Draft, change, drop, save
from tests.cast import OLIVE, SAM
from tests.constituents.people import TODAY, person
from tests.constituents.people import change as within

SHOWN = ("name", "email", "city", "household", "created_on", "external_id")


@pytest.fixture
def crowd(session: Session) -> Iterator[Session]:
    """Three people, and the fields of constituents where no application has registered them."""
    REGISTRY.add(*FIELDS)
    person(session, "Anna Berg", emails=(Email("a@x.org"),), addresses=(Address(city="Bonn"),))
    person(session, "Ben Åkerman", addresses=(Address(city="Albany", country="US"),), external_ids=(("crm", "7"),))
    person(session, "Cy Cole", confidential=True)
    return session


def names(page) -> list[str]:
    """The names on a page."""
    return [row.name for row in page.rows]


def test_a_page_has_its_fields_and_its_order(crowd: Session) -> None:
    paging = Paging(size=2, sort=(Sort("name"),))
    page = members(crowd, Wanted(SHOWN), paging, sees=EVERYTHING, on=TODAY)
    assert (page.total, names(page)) == (3, ["Ben Åkerman", "Anna Berg"])
    assert page.rows[1].values["email"] == "a@x.org"
    assert page.rows[0].values["external_id"] == "7"
    assert page.rows[0].values["created_on"] == TODAY
    whole = list(all_members(crowd, Wanted(SHOWN), Paging(sort=(Sort("city", True),)), sees=EVERYTHING, on=TODAY))
    assert [row.name for row in whole] == ["Anna Berg", "Ben Åkerman", "Cy Cole"]


def test_criteria_search_and_sight_narrow_it(crowd: Session) -> None:
    criteria = from_json({"field": "country", "operator": "equals", "value": "us"}, fields(crowd), organization(crowd))
    wanted = Wanted(("name",), criteria)
    assert names(members(crowd, wanted, Paging(), sees=EVERYTHING, on=TODAY)) == ["Ben Åkerman"]
    assert len(crowd.scalars(member_ids(crowd, wanted, sees=EVERYTHING, on=TODAY)).all()) == 1
    assert names(members(crowd, Wanted(("name",), text="akerm"), Paging(), sees=EVERYTHING, on=TODAY)) == [
        "Ben Åkerman"
    ]
    stranger = Sight(user_id=1, role="officer", everything=False)
    assert members(crowd, Wanted(("name",)), Paging(), sees=stranger, on=TODAY).total == 2
    with pytest.raises(Invalid):
        members(crowd, Wanted(("shoe_size",)), Paging(), sees=EVERYTHING, on=TODAY)


def test_a_view_is_kept_for_oneself_or_for_all(crowd: Session, cast) -> None:
    olive, sam = (Sight(cast[one], one.role, False) for one in (OLIVE, SAM))
    criteria = from_json({"field": "city", "operator": "equals", "value": "Bonn"}, fields(crowd), Organization())
    mine = save(crowd, Draft("Bonn", criteria, ("name", "city"), "-name", olive.user_id), within=within(crowd))
    shared = save(crowd, Draft("All of Bonn", criteria, ("name",), "name", None), within=within(crowd))
    assert [one.name for one in segments(crowd, sees=olive)] == ["All of Bonn", "Bonn"]
    assert [one.name for one in segments(crowd, sees=sam)] == ["All of Bonn"]
    with pytest.raises(NotFound):
        segment(crowd, mine.id, sees=sam)
    with pytest.raises(Invalid):
        change(crowd, shared, draft=Draft("", criteria, ("name",), "name", None), within=within(crowd))
    drop(crowd, mine, within=within(crowd))
    assert [one.name for one in segments(crowd, sees=olive)] == ["All of Bonn"]
