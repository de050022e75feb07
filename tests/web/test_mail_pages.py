"""Pages of mail: held mails are read, changed, approved and given up; templates are written and tried."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.models import Consent
from donors.core.settings import organization
from donors.mail.bounces import take_in
from donors.mail.gate import ask
from donors.mail.models import Contact, MailTemplate, Outbox
from donors.mail.unsubscribe import Links
from tests.cast import ADA, DORA, OLIVE, SAM, VERA, Person, sign_in
from tests.harness.application import SECRET
from tests.harness.house import SAID, House
from tests.mail.people import AT, asked, change, reachable, sent, settle
from tests.mail.test_bounces import report


@pytest.fixture
def held(session: Session, cast: dict[Person, int]) -> list[int]:
    """Three mails that wait for a yes."""
    people = [reachable(session, f"{name} Berg", f"{name}@example.org".lower()) for name in ("Ann", "Ben", "Cy")]
    made = [sent(session, asked(who, f"mail/{who.id}"), held=True) for who in people]
    ids = [mail.id for mail in made]
    session.commit()
    return ids


def states(session: Session) -> dict[int, str]:
    found = {mail_id: state for mail_id, state in session.execute(select(Outbox.id, Outbox.state))}
    session.rollback()
    return found


def test_held_mails_are_approved_and_given_up_many_at_once(
    client: FlaskClient, session: Session, held: list[int]
) -> None:
    sign_in(client, OLIVE)
    page = client.get("/mail").text
    assert all(f"{name} Berg" in page for name in ("Ann", "Ben", "Cy"))
    assert "Cy Berg" not in client.get("/mail?q=ann").text
    answer = client.post("/mail/act", data={"ids": held[:2], "act": "approve"}, follow_redirects=True)
    assert "Approved: 2 done." in answer.text
    answer = client.post("/mail/act", data={"ids": held[1:], "act": "give up", "reason": "We met."})
    assert states(session) == {held[0]: "todo", held[1]: "dropped", held[2]: "dropped"}
    assert "We met." in client.get("/mail?show=not+sent").text
    assert "Choose at least one mail." in client.post("/mail/act", follow_redirects=True).text
    answer = client.post("/mail/act", data={"ids": held, "act": "approve"}, follow_redirects=True)
    assert "Approved: 3 decided already." in answer.text


def test_a_held_mail_is_changed_before_it_leaves(client: FlaskClient, session: Session, held: list[int]) -> None:
    sign_in(client, OLIVE)
    path = f"/mail/{held[0]}"
    assert client.post(path, data={"subject": "", "text": "Kept"}).status_code == 422
    answer = client.post(path, data={"subject": "Hello", "text": "Dear Ann"}, follow_redirects=True)
    assert "The mail is changed; it still waits." in answer.text
    approved = {"subject": "Hello", "text": "Dear Ann!", "act": "approve"}
    assert "is on its way" in client.post(path, data=approved, follow_redirects=True).text
    assert client.post(path, data=approved).status_code == 409
    assert client.post(path, data={"subject": "Hello", "text": "Dear Ann"}).status_code == 409
    assert client.post(f"{path}/give-up", data={"reason": ""}).status_code == 422
    assert client.post(f"{path}/give-up", data={"reason": "Late"}).status_code == 303
    assert states(session)[held[0]] == "dropped"


def test_who_may_not_does_not(client: FlaskClient, held: list[int]) -> None:
    sign_in(client, VERA)
    assert client.get("/mail").status_code == client.post(f"/mail/{held[0]}").status_code == 403
    assert client.get("/mail/templates").status_code == 403


def test_mail_of_a_hidden_constituent_is_for_those_who_see_them(
    client: FlaskClient, session: Session, house: House
) -> None:
    hidden = session.scalars(select(Outbox.id).where(Outbox.constituent_id == house.hidden)).one()
    session.rollback()
    sign_in(client, OLIVE)
    assert SAID in client.get(f"/mail/{hidden}").text
    sign_in(client, SAM)
    assert client.get(f"/mail/{hidden}").status_code == 404
    assert client.post("/mail/act", data={"ids": [hidden], "act": "approve"}).status_code == 404
    assert "1 to 1 of 1" in client.get("/mail").text


DRAFT = {
    "name": "Spring news",
    "purpose": "news",
    "subject": "News for {given_name}",
    "text_body": "Dear {dear}, in {city}.",
    "look": "letter",
    "policy": "at_least_once",
}


def test_a_template_is_tried_for_somebody_and_says_what_is_missing(
    client: FlaskClient, session: Session, cast: dict[Person, int]
) -> None:
    name = {"constituent": str(reachable(session).id)}
    session.commit()
    sign_in(client, DORA)
    refused = client.post(
        "/mail/templates/new", data=DRAFT | {"text_body": "Dear {givn_name}", "act": "preview"} | name
    )
    assert refused.status_code == 422
    assert "Did you mean {given_name}?" in refused.text
    assert "Choose somebody to try it for." in client.post("/mail/templates/new", data=DRAFT | {"act": "preview"}).text
    page = client.post("/mail/templates/new", data=DRAFT | {"act": "preview"} | name)
    assert page.status_code == 200
    assert "News for Ann" in page.text
    assert "Not known of this constituent: City." in page.text
    assert client.post("/mail/templates/new", data=DRAFT | {"act": "test"} | name).status_code == 422


BETTER = DRAFT | {"text_body": "Dear {dear}, in {city, or: town}."}


def test_a_test_goes_to_whoever_writes_the_template_and_to_nobody_else(
    client: FlaskClient, session: Session, cast: dict[Person, int]
) -> None:
    who_id = reachable(session).id
    session.commit()
    sign_in(client, DORA)
    page = client.post("/mail/templates/new", data=BETTER | {"act": "test", "constituent": str(who_id)})
    assert "It would leave" in page.text
    test = session.scalars(select(Outbox)).one()
    assert (test.to_address, test.subject) == (DORA.email, "[Test] News for Ann")
    assert test.constituent_id is None
    assert "Dear Ann, in town." in test.text_body
    assert "(the unsubscribe link)" in test.html_body
    assert session.scalars(select(Contact)).all() == []
    session.rollback()
    assert client.post("/mail/templates/new", data=BETTER | {"act": "save"}).status_code == 303
    row = session.scalars(select(MailTemplate)).one()
    look = client.get(f"/mail/templates/{row.id}/look?constituent={who_id}")
    assert look.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "Dear Ann, in town." in look.text


def test_a_template_is_saved_by_one_at_a_time_and_retired(
    client: FlaskClient, session: Session, cast: dict[Person, int]
) -> None:
    sign_in(client, DORA)
    assert "No template yet" in client.get("/mail/templates").text
    client.post("/mail/templates/new", data=DRAFT)
    row = session.scalars(select(MailTemplate)).one()
    path, version = f"/mail/templates/{row.id}", row.version
    session.rollback()
    assert client.post(path, data=DRAFT | {"subject": "Other", "version": str(version)}).status_code == 303
    stale = client.post(path, data=DRAFT | {"subject": "Mine", "version": str(version)})
    assert stale.status_code == 409
    assert "Somebody else saved this template" in stale.text
    assert 'value="Mine"' in stale.text
    assert "no longer offered" in client.post(f"{path}/active", data={"active": "no"}, follow_redirects=True).text


def test_the_link_in_a_mail_works_for_anybody_and_asks_first(client: FlaskClient, session: Session) -> None:
    who_id = reachable(session).id
    path = Links("", (SECRET,)).link(who_id)
    session.commit()
    client.application.config["WTF_CSRF_ENABLED"] = True
    page = client.get(path)
    assert page.status_code == 200
    assert "Ann Berg" not in page.text
    assert said(session, who_id) == [True]
    answer = client.post(path, data={"List-Unsubscribe": "One-Click"}, follow_redirects=True)
    assert "You get no more mail" in answer.text
    client.post(path)
    assert said(session, who_id) == [True, False]
    client.post(path, data={"again": "yes"})
    assert said(session, who_id) == [True, False, True]
    assert client.get(path[:-1] + "~").status_code == 404
    assert client.post(path.replace(f"/{who_id}-", "/999-")).status_code == 404


def said(session: Session, who_id: int) -> list[bool]:
    """What somebody has said about mail, the newest last."""
    words = select(Consent.granted).where(Consent.constituent_id == who_id, Consent.channel == "email")
    found = list(session.scalars(words.order_by(Consent.id)))
    session.rollback()
    return found


def test_staff_mail_is_seen_by_those_who_look_after_the_server_and_its_text_by_nobody(
    client: FlaskClient, session: Session, cast: dict[Person, int]
) -> None:
    sign_in(client, DORA)
    client.post("/accounts/forgot", data={"email": OLIVE.email})
    mail = session.scalars(select(Outbox)).one()
    secret, mail_id = mail.text_body.split("link/")[1].split()[0], mail.id
    session.rollback()
    assert client.get(f"/mail/{mail_id}").status_code == 404
    sign_in(client, ADA)
    page = client.get(f"/mail/{mail_id}").text
    assert "Set a new password" in page
    assert secret not in page
    assert client.get(f"/mail/{mail_id}/look").status_code == 404


def test_addresses_and_limits_are_set_on_one_page(
    client: FlaskClient, session: Session, cast: dict[Person, int]
) -> None:
    sign_in(client, ADA)
    typed = {
        "sender_address": "us@example.org",
        "reply_address": "maren@example.org",
        "all_most": "4",
        "all_days": "30",
        "email_most": "2",
    }
    half = client.post("/settings/mail", data=typed)
    assert half.status_code == 422
    assert "Give both numbers, or neither." in half.text
    assert client.post("/settings/mail", data=typed | {"email_days": "7"}).status_code == 303
    here = organization(session)
    session.rollback()
    assert (here.sender_address, here.reply_address) == ("us@example.org", "maren@example.org")
    assert here.contact_caps == ("all/4/30", "email/2/7")
    page = client.get("/settings/mail").text
    assert 'value="30"' in page
    settle(session, contact_caps=("all/4/30", "all/1/2"))
    session.commit()
    client.post("/settings/mail", data={"all_most": "5", "all_days": "30"})
    assert organization(session).contact_caps == ("all/5/30", "all/1/2"), "what the page does not show stays"
    session.rollback()
    sign_in(client, DORA)
    assert client.post("/settings/mail", data=typed).status_code == 403


def test_contacts_refusals_and_returned_mail_stand_with_the_donor(
    client: FlaskClient, session: Session, cast: dict[Person, int]
) -> None:
    who = reachable(session)
    mail = sent(session, asked(who, "thanks/1", purpose="thanks", about="Thank you"))
    mail.state, mail.sent_at = "sent", AT
    ask(session, asked(who, "thanks/2", purpose="thanks", about="Thank you again"), within=change(session))
    take_in(session, report(about="thanks/1"), within=change(session))
    path = f"/constituents/{who.id}"
    session.commit()
    sign_in(client, OLIVE)
    story = client.get(f"{path}?show=mail").text
    assert "Not reached by e-mail: Thank you again" in story
    assert "are written already; one covers all gifts of a day" in story
    assert "came back" in story
    assert "Recipient address rejected" in story
    reach = client.get(f"{path}/reach").text
    assert "No. No active address for contact by email is known." in reach
    assert "Thank you again" in reach
