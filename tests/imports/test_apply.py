"""What imports write: people met again, gifts known again, decisions, updates, and the way back."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.constituents.create import create
from donors.constituents.models import Constituent, ExternalId, PostalAddress
from donors.constituents.records import Email, NewConstituent
from donors.core.changes import ChangeSet, JournalEntry, open_change
from donors.core.errors import Blocked
from donors.core.settings import organization
from donors.giving.models import Campaign, Credit, Gift
from donors.imports.leaf import leaf
from donors.imports.queries import part_verdicts, rows_to_see
from donors.imports.receive import decide, start_undo
from donors.levels.models import Standing
from donors.rollups.queries import values_of
from donors.volunteering.models import Shift
from donors.workflows.begin import begin
from tests.imports.files import ACT, apply, check, counts, gifts_file, received, state, take_back, taken

HEAD = "gift id,donor id,name,email,amount,date,campaign,anonymous\n"
ANNA = "G1,D1,Anna Lee,anna@example.org,50.00,2026-03-02,Spring,no\n"


@pytest.fixture
def house(session: Session) -> Session:
    """An organization with its standard figures and levels."""
    begin(session, within=open_change(session, "organization.begin", act=ACT))
    session.commit()
    return session


def total(session: Session, model: type) -> int:
    """How many rows a table has."""
    found = session.scalar(select(func.count()).select_from(model)) or 0
    session.rollback()
    return found


def gift(session: Session, external_id: str) -> Gift:
    """The gift of an id."""
    return session.scalars(select(Gift).where(Gift.external_id == external_id)).one()


def test_gifts_go_in_with_givers_figures_and_levels(house: Session) -> None:
    taken(HEAD + ANNA + "G2,,,,7.50,2026-03-03,Spring,yes\nG3,D1,Anna Lee,anna@example.org,25.00,2026-03-04,Fall,yes\n")
    first, second, third = (gift(house, key) for key in ("G1", "G2", "G3"))
    anna = house.get_one(Constituent, first.constituent_id)
    assert (anna.name, anna.named_by_key, first.amount, first.received_on) == (
        "Anna Lee",
        False,
        5000,
        date(2026, 3, 2),
    )
    assert house.get_one(Constituent, second.constituent_id).is_unknown_giver
    assert (first.hides_name, second.hides_name, third.hides_name) == (False, False, True)
    assert third.constituent_id == anna.id
    assert values_of(house, anna.id)["lifetime_total"] == 7500
    assert sorted(house.scalars(select(Campaign.name))) == ["Fall", "Spring"]
    assert len(house.scalars(select(Credit).where(Credit.constituent_id == anna.id)).all()) == 2
    assert {row.cause for row in house.scalars(select(Standing))} <= {"import"}


def test_a_key_without_a_name_names_and_flags(house: Session) -> None:
    taken("gift_key,donor_key,received_at,amount\nG1,D77,2025-12-31T23:30:00Z,1.00\n")
    row = house.scalars(select(Constituent).where(~Constituent.is_unknown_giver)).one()
    assert (row.name, row.named_by_key) == ("D77", True)


def test_an_instant_becomes_a_date_in_the_zone_of_the_organization(house: Session) -> None:
    assert organization(house).zone == "UTC"
    house.rollback()
    taken("gift_key,donor_key,received_at,amount\nG1,D77,2025-12-31T23:30:00-05:00,1.00\n")
    assert gift(house, "G1").received_on == date(2026, 1, 1)


def test_the_same_file_twice_adds_nothing(house: Session) -> None:
    content = gifts_file(300)
    taken(content)
    before = [total(house, model) for model in (Gift, Credit, Constituent, ExternalId, Campaign, Standing)]
    again = taken(content)
    assert counts(house, again) == {"same": 300}
    assert [total(house, model) for model in (Gift, Credit, Constituent, ExternalId, Campaign, Standing)] == before


def test_rows_without_id_are_counted(house: Session) -> None:
    head, row = "name,email,amount,date\n", "Anna Lee,anna@example.org,5.00,2026-03-02\n"
    number = taken(head + row + row)
    assert counts(house, number) == {"new": 1, "matched": 1}
    assert counts(house, taken(head + row + row)) == {"same": 2}
    assert counts(house, taken(head + row + row + row)) == {"same": 2, "matched": 1}
    assert counts(house, taken(head + row, source="elsewhere")) == {"matched": 1}
    assert total(house, Gift) == 4


def test_other_content_changes_only_when_told(house: Session) -> None:
    taken(HEAD + ANNA)
    changed = ANNA.replace("50.00", "60.00")
    number = taken(HEAD + changed)
    assert counts(house, number) == {"differs": 1}
    assert gift(house, "G1").amount == 5000
    house.rollback()
    number = taken(HEAD + changed, options={"update": True})
    assert counts(house, number) == {"updated": 1}
    row = gift(house, "G1")
    assert row.amount == 6000
    assert values_of(house, row.constituent_id)["lifetime_total"] == 6000
    house.rollback()
    take_back(number)
    row = gift(house, "G1")
    assert row.amount == 5000
    assert values_of(house, row.constituent_id)["lifetime_total"] == 5000


def test_somebody_known_by_e_mail_gets_the_id_of_the_file(house: Session) -> None:
    within = open_change(house, "constituent.create", act=ACT)
    known = create(
        house, NewConstituent(given_name="Anna", family_name="Lee", emails=(Email("ANNA@example.org"),)), within=within
    ).id
    house.commit()
    assert counts(house, taken(HEAD + ANNA)) == {"matched": 1}
    assert gift(house, "G1").constituent_id == known
    assert house.scalars(select(ExternalId.constituent_id).where(ExternalId.value == "D1")).one() == known


def test_a_couple_shares_an_address_and_is_asked_about(house: Session) -> None:
    taken("name,email,amount,date\nAnna Lee,home@example.org,5.00,2026-03-02\n")
    number = received("name,email,amount,date\nBob Lee,home@example.org,5.00,2026-03-02\n")
    check(number)
    assert counts(house, number) == {"likely": 1}


def test_likely_duplicates_wait_for_a_decision(house: Session) -> None:
    within = open_change(house, "constituent.create", act=ACT)
    known = create(house, NewConstituent(given_name="Anna", family_name="Lee"), within=within).id
    house.commit()
    rows = "G1,D1,Anna Lee,,50.00,2026-03-02,,no\nG2,D2,Anna Lee,,20.00,2026-03-03,,no\n"
    number = received(HEAD + rows + "G3,D1,Anna Lee,,30.00,2026-03-04,,no\n")
    check(number)
    assert counts(house, number) == {"likely": 3}
    asked = rows_to_see(house, number)
    assert [one["id"] for one in (asked[0].problem or {})["candidates"]] == [known]
    house.rollback()
    apply(number)
    assert total(house, Gift) == 0
    row = state(house, number)
    assert decide(house, row, 2, str(known)) == 2, "both rows of D1"
    assert decide(house, row, 3, "new") == 1
    house.commit()
    apply(number)
    assert gift(house, "G1").constituent_id == gift(house, "G3").constituent_id == known
    assert gift(house, "G2").constituent_id != known
    assert counts(house, number) == {"matched": 2, "new": 1}
    apply(number)
    assert total(house, Gift) == 3


def test_a_bad_row_stays_out_with_its_line_field_value_and_remedy(house: Session) -> None:
    number = taken(HEAD + ANNA + 'G2,D2,Ben,,"1.234,56",2026-03-02,,no\nG3,D3,Cy,,5.00,2026-03-02,,perhaps\n')
    assert counts(house, number) == {"new": 1, "bad": 2}
    amount, wish = rows_to_see(house, number)
    assert amount.line == 3
    assert amount.problem == {
        "field": "amount",
        "value": "1.234,56",
        "problem": "is not a sum in USD",
        "remedy": "Did you mean 1234.56? Write decimals with a point.",
    }
    assert (wish.problem or {})["value"] == "perhaps"


def test_dates_by_a_chosen_order(house: Session) -> None:
    head, row = "gift id,name,amount,date\n", "G1,Anna,5.00,03/04/2026\n"
    assert counts(house, taken(head + row)) == {"bad": 1}
    taken(head + row, options={"order": "dmy"})
    assert gift(house, "G1").received_on == date(2026, 4, 3)


def test_another_currency_needs_a_rate(house: Session) -> None:
    head = "gift id,name,amount,date,currency,exchange rate\n"
    number = taken(head + "G1,Anna Lee,10.00,2026-03-02,EUR,1.10\nG2,Ben Day,10.00,2026-03-02,EUR,\n")
    assert counts(house, number) == {"new": 1, "bad": 1}
    row = gift(house, "G1")
    assert (row.amount, row.currency, row.base_amount, row.rate) == (1000, "EUR", 1100, "1.10")


def test_undo_leaves_nothing_but_the_memory(house: Session) -> None:
    names = (Gift, Credit, Constituent, ExternalId, Campaign, Standing)
    before = [total(house, model) for model in names]
    number = taken(gifts_file(400))
    assert total(house, Gift) == 400
    take_back(number)
    assert [total(house, model) for model in names] == before
    assert state(house, number).state == "undone"
    assert total(house, JournalEntry) > 400


def test_what_stands_in_the_way_of_an_undo_is_told(house: Session) -> None:
    first = taken(HEAD + ANNA)
    taken(HEAD + ANNA.replace("50.00", "60.00"), options={"update": True})
    with pytest.raises(Blocked, match="Gift"):
        start_undo(house, state(house, first), act=ACT)
    house.rollback()


def test_hours_go_in(house: Session) -> None:
    head = "shift id,volunteer,email,date,hours,activity\n"
    rows = "S1,Anna Lee,anna@example.org,2026-03-02,1:30,Usher\nS2,Anna Lee,anna@example.org,2026-03-03,2.25,Usher\n"
    number = taken(head + rows + "S3,,,2026-03-03,2,Usher\nS4,Ben,,2026-03-03,0,Usher\n", "hours")
    assert counts(house, number) == {"new": 1, "matched": 1, "bad": 2}
    minutes = house.scalars(select(Shift.minutes).order_by(Shift.id)).all()
    assert list(minutes) == [90, 135]
    house.rollback()
    assert counts(house, taken(head + rows, "hours")) == {"same": 2}
    take_back(number)
    assert total(house, Shift) == 0


def test_constituents_go_in_differ_and_are_updated(house: Session) -> None:
    head = "constituent id,first name,last name,email,deceased,type\n"
    rows = "C1,Anna,Lee,anna@example.org,no,person\nC2,,Harbor Works,,no,organization\nC3,,,,no,person\n"
    number = taken(head + rows, "constituents")
    assert counts(house, number) == {"new": 3}
    assert counts(house, taken(head + rows, "constituents")) == {"same": 3}
    changed = rows.replace("Anna,Lee,anna@example.org", "Anna,Lee-Cho,lee@example.org")
    assert counts(house, taken(head + changed, "constituents")) == {"differs": 1, "same": 2}
    assert counts(house, taken(head + changed, "constituents", options={"update": True})) == {"updated": 1, "same": 2}
    names = set(house.scalars(select(Constituent.name)))
    assert {"Anna Lee-Cho", "Harbor Works", "C3"} <= names


def test_all_that_is_written_belongs_to_one_change_set(house: Session) -> None:
    number = taken(HEAD + ANNA)
    change = house.get_one(ChangeSet, state(house, number).applied_in)
    assert (change.kind, change.state) == ("import.gifts", "done")
    for model in (Gift, Credit, ExternalId, Campaign):
        assert set(house.scalars(select(model.created_in))) == {change.id}
    assert part_verdicts(house, number, 0)[0][3] == gift(house, "G1").id


def test_a_son_of_his_fathers_name_and_home_is_asked_about_and_somebody_of_his_own(house: Session) -> None:
    head = "first name,last name,email,zip,birthdate,suffix\n"
    rows = "Freya,Gibbs,,97103,1950-02-01,\nJohn,Webb,webbs@example.org,,,Sr.\n"
    assert counts(house, taken(head + rows, "constituents")) == {"new": 2}
    rows = "Freya,Gibbs,,97103,1977-05-14,\nJohn,Webb,webbs@example.org,,,Jr.\n"
    again = received(head + rows, "constituents")
    check(again)
    assert counts(house, again) == {"likely": 2}
    reasons = [(one.problem or {})["candidates"][0]["reasons"][1:] for one in rows_to_see(house, again)]
    assert reasons == [["another birth date"], ["another generation"]]
    for line in (2, 3):
        decide(house, state(house, again), line, "new")
    house.commit()
    apply(again)
    assert counts(house, again) == {"new": 2}
    assert total(house, Constituent) == 4
    assert counts(house, taken(head + "Freya,Gibbs,,97103,,\n", "constituents")) == {"likely": 1}, "either may be meant"


def test_father_and_son_of_one_file_are_two(house: Session) -> None:
    head = "name,email,zip,birthdate\n"
    rows = "Otto Lee,home@example.org,97103,1950-02-01\nOtto Lee,home@example.org,97103,1977-05-14\n"
    assert counts(house, taken(head + rows, "constituents"))["new"] == 2
    assert counts(house, taken(head + rows, "constituents")) == {"same": 2}


def test_what_a_file_tells_otherwise_of_whom_it_finds_by_e_mail_is_told_and_stays(house: Session) -> None:
    head = "first name,last name,email,phone,street,city\n"
    row = "Clara,Vega,clara@example.org,212 555 0100,12 Elm St.,Albany\n"
    taken(head + row, "constituents")
    assert counts(house, taken(head + row.replace("St.", "Street"), "constituents")) == {"same": 1}
    moved = received(head + "Clara,Abernathy,clara@example.org,212 555 0100,88 Harbor Lane,Salem\n", "constituents")
    check(moved)
    assert counts(house, moved) == {"same": 1}
    (shown,) = leaf(house, state(house, moved), verdict="same", limit=5, offset=0)
    assert shown.reason == "the file tells another family name, address, which was not taken over"
    assert house.scalars(select(Constituent.name)).all() == ["Clara Vega"]


def test_an_address_of_whom_the_file_knows_comes_in(house: Session) -> None:
    head = "constituent id,first name,last name,street,city\n"
    taken(head + "C1,Clara,Vega,12 Elm St.,Albany\n", "constituents")
    moved = head + "C1,Clara,Vega,88 Harbor Lane,Salem\n"
    assert counts(house, taken(moved, "constituents")) == {"differs": 1}
    assert counts(house, taken(moved, "constituents", options={"update": True})) == {"updated": 1}
    assert set(house.scalars(select(PostalAddress.street))) == {"12 Elm St.", "88 Harbor Lane"}
    house.rollback()
    assert counts(house, taken(moved, "constituents")) == {"same": 1}
