"""Who is next, read from the database: the order, who is left out, and what it costs to ask."""

from datetime import timedelta

from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.core.changes import ChangeSet
from donors.core.settings import Organization, set_organization
from donors.pipeline.asks.decide import Terms
from donors.pipeline.asks.opportunity import open_opportunity
from donors.pipeline.assign import Charge, assign
from donors.pipeline.models import Pipeline
from donors.pipeline.prospect import Entry
from donors.pipeline.turn.queries import count_snoozed, snoozed, turns
from donors.pipeline.turn.snooze import snooze
from donors.workflows.advance import add_prospect
from tests.cast import OLIVE, Person
from tests.harness.statements import counted
from tests.pipeline.conftest import TODAY, MakePerson

LATER = TODAY + timedelta(days=9)


def test_the_order_and_who_is_put_off(
    session: Session, cast: dict[Person, int], pipeline: Pipeline, change: ChangeSet, person: MakePerson
) -> None:
    olive = cast[OLIVE]

    def prospect(name: str, **more: object) -> int:
        one = person(name, **more)
        assign(session, one, Charge(olive, TODAY), within=change)
        return add_prospect(session, one, pipeline.id, Entry(TODAY), within=change).prospect.id

    likely, large, off, silent = (prospect(name) for name in ("Likely", "Large", "Off", "Silent"))
    prospect("Wants peace", do_not_contact=True)
    open_opportunity(session, likely, Terms(10_000_00, odds=80, officer_id=olive), on=TODAY, within=change)
    open_opportunity(session, large, Terms(20_000_00, odds=30, officer_id=olive), on=TODAY, within=change)
    snooze(session, off, until=LATER, why="Travels", on=TODAY, within=change)
    found = turns(session, olive, on=TODAY, sees=EVERYTHING)
    assert [(one.card.name, one.expected) for one in found] == [
        ("Likely", 8_000_00),
        ("Large", 6_000_00),
        ("Silent", 0),
        ("Wants peace", 0),
    ]
    assert found[-1].pressure == "Wants no contact at all."
    assert [card.prospect.id for card in snoozed(session, olive, on=TODAY, sees=EVERYTHING)] == [off]
    assert count_snoozed(session, olive, on=TODAY, sees=EVERYTHING) == 1
    back = turns(session, olive, on=LATER, sees=EVERYTHING)
    assert off in {one.card.prospect.id for one in back}
    assert silent in {one.card.prospect.id for one in back}
    assert snoozed(session, olive, on=LATER, sees=EVERYTHING) == []


def test_many_prospects_cost_no_more_statements(
    session: Session, cast: dict[Person, int], pipeline: Pipeline, change: ChangeSet, person: MakePerson
) -> None:
    set_organization(session, Organization(contact_caps=("all/4/30",)), within=change)

    def statements(many: int) -> int:
        for number in range(many):
            one = person(f"P{number}")
            assign(session, one, Charge(cast[OLIVE], TODAY), within=change)
            made = add_prospect(session, one, pipeline.id, Entry(TODAY), within=change).prospect
            open_opportunity(session, made.id, Terms(5_00), on=TODAY, within=change)
        session.flush()
        with counted(session) as sent:
            turns(session, cast[OLIVE], on=TODAY, sees=EVERYTHING)
        return len(sent)

    statements(2)
    assert statements(3) == statements(40) <= 14
