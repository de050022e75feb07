"""Calls and letters: contacts when they were made, asked about before they are planned."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.consent import Said, withdraw
from donors.constituents.models import Constituent
from donors.core.changes import Act
from donors.core.clock import now
from donors.mail.models import Contact, ContactRefusal
from donors.pipeline.models import Move
from donors.pipeline.move import Plan, Report
from donors.workflows.moves import log_move
from donors.workflows.reaching import Barred, ask_for_step, plan_by_hand
from donors.workflows.undo import undo_change
from tests.cast import OLIVE, Person, sign_in
from tests.constituents.people import person
from tests.mail.people import AT, ON, change, reachable, sent, settle
from tests.mail.people import asked as mail_to


def silent(session: Session) -> Constituent:
    """Somebody who has refused calls."""
    who = person(session, "Sil Ent")
    withdraw(session, who, said=Said("phone", ON, "call"), within=change(session))
    return who


def test_a_call_and_a_letter_are_contacts_a_visit_is_none_and_undo_takes_them_back(session: Session) -> None:
    who = person(session)
    within = change(session)
    for method in ("call", "letter", "visit"):
        log_move(session, who.id, Report(ON, method, "reached", purpose="Thank her"), within=within, on=ON)
    kept = select(Contact.channel, Contact.about, Contact.happened_on).order_by(Contact.id)
    assert session.execute(kept).all() == [("phone", "Thank her", ON), ("post", "Thank her", ON)]
    undo_change(session, within, act=Act(None, AT, "web"), on=ON)
    assert session.execute(kept).all() == []


def test_nobody_plans_a_call_with_whom_refused_calls_but_a_visit(session: Session) -> None:
    who = silent(session)
    with pytest.raises(Barred, match="refused contact by phone"):
        plan_by_hand(session, who.id, Plan("Catch up", ON, "call"), within=change(session))
    report = Report(ON, "visit", "reached", next_move=Plan("Catch up", ON, "call"))
    with pytest.raises(Barred):
        log_move(session, who.id, report, within=change(session), on=ON)
    assert plan_by_hand(session, who.id, Plan("Catch up", ON, "visit"), within=change(session)).method == "visit"
    assert plan_by_hand(session, who.id, Plan("Write", ON, "letter"), within=change(session)).method == "letter"


def test_a_call_of_a_plan_keeps_to_the_limits_of_all_contacts(session: Session) -> None:
    settle(session, contact_caps=("all/1/7",))
    who = reachable(session)
    sent(session, mail_to(who))
    answer = ask_for_step(session, who.id, "call", task_id=1, about="Call", within=change(session))
    assert (answer.allowed, answer.again_on) == (False, ON + timedelta(days=7))
    assert session.scalars(select(ContactRefusal.about)).all() == ["Call"]
    assert ask_for_step(session, who.id, "visit", task_id=2, about="Visit", within=change(session)).allowed


def test_what_is_refused_on_the_page_is_kept_with_its_reason(
    client: FlaskClient, session: Session, cast: dict[Person, int]
) -> None:
    who_id = silent(session).id
    session.commit()
    sign_in(client, OLIVE)
    typed = {"constituent": str(who_id), "purpose": "Catch up", "method": "call", "due_on": now().date().isoformat()}
    answer = client.post(f"/pipeline/moves/new?constituent={who_id}", data=typed)
    assert answer.status_code == 422
    assert "refused contact by phone" in answer.text
    assert session.scalars(select(ContactRefusal.about)).all() == ["Catch up"]
    assert session.scalars(select(Move)).all() == []
