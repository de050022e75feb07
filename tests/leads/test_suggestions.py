"""Who is suggested and who is not; taking up and putting off; the rules that staff edit."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from donors.accounts.visible import EVERYTHING
from donors.constituents.consent import Said, give, withdraw
from donors.constituents.models import Constituent
from donors.core.errors import Invalid
from donors.core.paging import Paging
from donors.leads.models import DISQUALIFIED, NEW
from donors.leads.queue import LeadSieve, lead_ids
from donors.leads.standard import install_standard as install_rules
from donors.leads.suggestion_rules import RuleDraft, add_rule, place_rule, set_rule_active, suggestion_rules
from donors.leads.suggestions import Suggestions, suggested_among, suggestions
from donors.leads.take_up import put_off, take_up
from donors.leads.terms import Closing
from donors.pipeline.advance import add
from donors.pipeline.prospect import Entry
from donors.pipeline.standard import install_standard
from donors.rollups.standard import install_standard as install_figures
from donors.workflows.undo import undo_change
from tests.constituents.people import person
from tests.leads.records import TODAY, act, change, lead, looking, user

HAS_NOTE = {"field": "note", "operator": "is not empty"}


def noted(session: Session, name: str, **more: object) -> Constituent:
    """Somebody whom the first rule suggests."""
    about = {"note": "Met once"} | more
    return person(session, name, **about)


@pytest.fixture
def rules(session: Session) -> None:
    """Two rules."""
    add_rule(session, RuleDraft("Noted", "Has a note", HAS_NOTE), within=change(session))
    named = {"field": "given_name", "operator": "equals", "value": "Ann"}
    add_rule(session, RuleDraft("Called Ann", "Is called Ann", named), within=change(session))


def found(session: Session) -> Suggestions:
    """Who is suggested."""
    return suggestions(session, Paging(), looking=looking())


def test_suggested_are_those_whom_nobody_has_in_hand(session: Session, rules: None) -> None:
    ann, bo = noted(session, "Ann Lee"), noted(session, "Bo Ek")
    noted(session, "Dee Dead", is_deceased=True)
    noted(session, "Sy Silent", do_not_contact=True)
    person(session, "Nora Nothing")
    refusing, partly = noted(session, "Rex Refuses"), noted(session, "Pia Partly")
    for channel in ("email", "phone"):
        withdraw(session, refusing, said=Said(channel, TODAY, "letter"), within=change(session))
    withdraw(session, partly, said=Said("email", TODAY, "letter"), within=change(session))
    give(session, partly, said=Said("phone", TODAY, "letter"), within=change(session))
    chosen, busy = noted(session, "Pat Prospect"), noted(session, "Lea Lead")
    pipeline = install_standard(session, within=change(session))
    add(session, chosen.id, pipeline.id, Entry(TODAY), within=change(session))
    lead(session, "Lea Lead", constituent_id=busy.id)
    page = found(session).page
    assert [row.name for row in page.rows] == ["Ann Lee", "Bo Ek", "Pia Partly"]
    assert page.rows[0].reason == "Has a note; Is called Ann"
    assert [(rule.name, count) for rule, count in found(session).counts] == [("Noted", 3), ("Called Ann", 1)]
    assert set(suggested_among(session, [ann.id, chosen.id], looking=looking())) == {ann.id}
    assert bo.id in {row.id for row in page.rows}


def test_taken_up_they_are_leads_with_the_reason_until_that_is_undone(session: Session, rules: None) -> None:
    maren, ann, bo = user(session), noted(session, "Ann Lee"), noted(session, "Bo Ek")
    within = change(session, maren)
    one, other = take_up(session, [ann.id, bo.id], maren, looking=looking(), within=within)
    assert (one.status, one.owner_id, one.constituent_id, one.source) == (NEW, maren, ann.id, "suggestion")
    assert (one.reason, one.source_note, other.given_name) == ("Has a note; Is called Ann", "Noted, Called Ann", "Bo")
    assert take_up(session, [ann.id], maren, looking=looking(), within=change(session)) == []
    assert found(session).page.total == 0
    undo_change(session, within, act=act(), on=TODAY)
    assert found(session).page.total == 2


def test_put_off_they_come_back_to_the_queue_on_their_day(session: Session, rules: None) -> None:
    ann = noted(session, "Ann Lee")
    back = TODAY + timedelta(days=30)
    (row,) = put_off(session, [ann.id], Closing(TODAY, "not_now", "", back), looking=looking(), within=change(session))
    assert (row.status, row.returns_on) == (DISQUALIFIED, back)
    assert found(session).page.total == 0
    then = looking().__class__(EVERYTHING, back, looking().fiscal)
    assert lead_ids(session, LeadSieve("returned"), looking=then, limit=5) == [row.id]


def test_the_standard_rules_can_be_asked_and_come_once(session: Session) -> None:
    install_figures(session, within=change(session))
    install_rules(session, within=change(session))
    install_rules(session, within=change(session))
    assert [rule.name for rule in suggestion_rules(session)] == [
        "Untapped",
        "Emerging",
        "Volunteer who never gave",
        "Lapsed with capacity",
    ]
    assert (found(session).problems, found(session).page.total) == ((), 0)


def test_a_rule_that_cannot_stand_is_refused_and_one_that_lost_its_figure_is_named(session: Session) -> None:
    for draft, field in (
        (RuleDraft("", "Why", HAS_NOTE), "name"),
        (RuleDraft("Rule", " ", HAS_NOTE), "reason"),
        (RuleDraft("Rule", "Why", {}), "criteria"),
        (RuleDraft("Rule", "Why", {"field": "shoe size", "operator": "equals", "value": "9"}), "field"),
    ):
        with pytest.raises(Invalid) as caught:
            add_rule(session, draft, within=change(session))
        assert caught.value.field == field
    install_rules(session, within=change(session))
    assert len(found(session).problems) == 4


def test_rules_are_put_in_order_and_out_of_use(session: Session, rules: None) -> None:
    first, second = suggestion_rules(session)
    place_rule(session, second.id, -1, within=change(session))
    assert [rule.name for rule in suggestion_rules(session)] == ["Called Ann", "Noted"]
    set_rule_active(session, second.id, False, within=change(session))
    assert [rule.name for rule in suggestion_rules(session)] == ["Noted"]
    assert first.is_active
