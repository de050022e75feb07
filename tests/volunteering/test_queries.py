"""Reading shifts: who sees which, what lists come to, and how they are narrowed and sorted."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING, Looking, Sight
from donors.core.changes import Act
from donors.core.criteria.tree import Compare, Operator
from donors.core.errors import NotFound
from donors.core.paging import Paging, Sort
from donors.core.settings import Organization
from donors.rollups.standard import install_standard
from donors.volunteering.activities import add_activity
from donors.volunteering.queries import (
    ShiftSieve,
    ShiftTotals,
    activities,
    entered_by,
    has_shifts,
    likely_same,
    shift,
    shift_fields,
    shift_page,
    shift_rows,
    shift_totals,
    shifts_of,
)
from donors.volunteering.shift_input import ShiftInput
from donors.workflows.shifts import record_shift
from tests.constituents.people import change, person

AT = datetime(2026, 3, 9, 9, tzinfo=UTC)
ON = AT.date()
STRANGER = Sight(user_id=99, role="volunteer_coordinator", everything=False)
ALL = Looking(EVERYTHING, ON, Organization().fiscal)
SEEN = Looking(STRANGER, ON, Organization().fiscal)
EVERY = ShiftSieve()


@pytest.fixture
def people(session: Session) -> dict[str, int]:
    install_standard(session, within=change(session))
    made = {name: person(session, name).id for name in ("Anna Berg", "Bert Cole")}
    return made | {"Carl Hidden": person(session, "Carl Hidden", confidential=True).id}


def work(session: Session, who: int, minutes: int, days: int = 0, **more: object) -> int:
    wanted = ShiftInput(who, ON - timedelta(days=days), minutes, **more)  # type: ignore[arg-type]
    return record_shift(session, wanted, act=Act(by=7, at=AT, through="web"), on=ON).id


def listed(session: Session, which: ShiftSieve = EVERY, *sort: Sort, looking: Looking = ALL) -> list[int]:
    page = shift_page(session, which, Paging(sort=sort), looking=looking)
    assert shift_totals(session, which, looking=looking).count == page.total == len(page.rows)
    return [line.shift.id for line in page.rows]


def test_shifts_of_the_hidden_are_not_there_for_strangers(session: Session, people: dict[str, int]) -> None:
    assert not has_shifts(session)
    seen, hidden = work(session, people["Anna Berg"], 90), work(session, people["Carl Hidden"], 60)
    assert has_shifts(session)
    assert listed(session) == [hidden, seen]
    assert listed(session, looking=SEEN) == [seen]
    assert shift_totals(session, ShiftSieve(), looking=SEEN) == ShiftTotals(1, 1, 90)
    assert shift(session, hidden, sees=EVERYTHING).volunteer == "Carl Hidden"
    with pytest.raises(NotFound):
        shift(session, hidden, sees=STRANGER)
    assert shifts_of(session, people["Carl Hidden"], sees=STRANGER) == []


def test_lists_are_narrowed_summed_and_sorted(session: Session, people: dict[str, int]) -> None:
    usher = add_activity(session, "Usher", within=change(session)).id
    anna, bert = people["Anna Berg"], people["Bert Cole"]
    long, old, short = (
        work(session, anna, 300),
        work(session, bert, 60, 400),
        work(session, anna, 30, 1, activity_id=usher),
    )
    assert shift_totals(session, ShiftSieve(), looking=ALL) == ShiftTotals(3, 2, 390)
    assert listed(session) == [long, short, old]
    assert listed(session, ShiftSieve(), Sort("hours")) == [short, old, long]
    assert listed(session, ShiftSieve(), Sort("volunteer"), Sort("id")) == [long, short, old]
    assert listed(session, ShiftSieve("cole")) == [old]
    assert listed(session, ShiftSieve(criteria=Compare("activity", Operator.EQUALS, "usher"))) == [short]
    assert listed(session, ShiftSieve(criteria=Compare("hours", Operator.AT_LEAST, 60))) == [long, old]
    assert [line.shift.id for line in shifts_of(session, anna, sees=STRANGER)] == [long, short]
    assert activities(session) == [(usher, "Usher", True)]


def test_rows_for_a_file_hold_every_field(session: Session, people: dict[str, int]) -> None:
    work(session, people["Anna Berg"], 90, note="x")
    columns = list(shift_fields(session).values())
    [row] = shift_rows(session, ShiftSieve(), (), columns, looking=SEEN)
    said = {field.name: field.plain(value, Organization()) for field, value in zip(columns, row, strict=True)}
    assert (said["hours"], said["volunteer"], said["activity"], said["note"]) == ("1.50", "Anna Berg", None, "x")


def test_a_likely_repeat_and_what_somebody_has_entered(session: Session, people: dict[str, int]) -> None:
    anna = people["Anna Berg"]
    one = work(session, anna, 90)
    assert len(likely_same(session, ShiftInput(anna, ON, 90), sees=STRANGER, request_key=None)) == 1
    assert likely_same(session, ShiftInput(anna, ON, 91), sees=STRANGER, request_key=None) == []
    assert [line.shift.id for line in entered_by(session, 7, since=AT, sees=STRANGER)] == [one]
    assert entered_by(session, 8, since=AT, sees=STRANGER) == []
