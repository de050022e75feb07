"""Templates, and the mails that they make of what is known of people."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from donors.core.errors import Conflict, Invalid
from donors.giving.gift_input import GiftInput
from donors.mail.models import MailTemplate
from donors.mail.template import Draft, add_template, change_template, render, switch_template
from donors.mail.values import offered
from donors.workflows.begin import begin
from donors.workflows.gifts import add_gift
from tests.mail.people import ON, change, reachable, settle


def draft(**more: Any) -> Draft:
    return Draft(**{"name": "Thanks", "subject": "Thank you", "text_body": "Dear {dear}", "purpose": "service", **more})


def made(session: Session, **more: Any) -> MailTemplate:
    return add_template(session, draft(**more), within=change(session))


def test_a_mail_says_what_is_known_in_the_words_of_the_organization(session: Session) -> None:
    begin(session, within=change(session))
    settle(session, name="Friends of the River", locale="de_AT", currency="EUR")
    who = reachable(session, title="Dr.", nickname="Annie")
    add_gift(session, GiftInput(who.id, 120_050, ON, method="check"), within=change(session), on=ON)
    text = "Dear {dear_formal}, dear {dear}: {last_gift} on {last_gift_on}. {organization}, {today}. {name} {email}"
    mail = render(session, made(session, text_body=text, subject="To\n {given_name}"), who.id, on=ON)
    assert mail.missing == {}
    assert mail.subject == "To Ann"
    money = "\N{EURO SIGN}\xa01.200,50"
    assert mail.text == (
        f"Dear Dr. Berg, dear Annie: {money} on 6. März 2026. Friends of the River, 6. März 2026. "
        "Ann Berg ann@example.org"
    )
    assert mail.html == ""


def test_what_is_not_known_is_a_trouble_with_a_remedy_and_not_a_blank(session: Session) -> None:
    begin(session, within=change(session))
    who = reachable(session)
    mail = render(session, draft(text_body="{last_gift} {officer} {given_name}"), who.id, on=ON)
    assert mail.missing == {"last_gift": "Last gift", "officer": "Officer"}
    assert mail.trouble == (
        "Not known of this constituent: Last gift, Officer. Fill it in, or give other words: {last_gift, or: …}."
    )


@pytest.mark.parametrize(("purpose", "linked"), [("news", True), ("ask", True), ("thanks", True), ("service", False)])
def test_who_may_have_enough_of_it_is_told_the_way_out(session: Session, purpose: str, linked: bool) -> None:
    who = reachable(session)
    for look, html in (("plain", ""), ("letter", ""), ("own", "<p>Hi</p>")):
        mail = render(session, draft(purpose=purpose, look=look, html_body=html), who.id, on=ON)
        assert ("{unsubscribe}" in mail.text) is linked
        assert ("{unsubscribe}" in mail.html) is (linked and look != "plain")
    own_place = render(session, draft(purpose="news", text_body="Out: {unsubscribe}"), who.id, on=ON)
    assert own_place.text == "Out: {unsubscribe}"


def test_what_is_not_for_outside_is_not_offered(session: Session) -> None:
    begin(session, within=change(session))
    known = offered(session)
    assert {"dear", "given_name", "officer", "officer_email", "last_gift", "lifetime_total", "city"} <= set(known)
    assert not {"note", "ask_amount", "stage", "confidential", "do_not_contact", "id"} & set(known)


@pytest.mark.parametrize(
    ("more", "field", "says"),
    [
        ({"name": " "}, "name", "is empty"),
        ({"subject": ""}, "subject", "is empty"),
        ({"text_body": "\n"}, "text_body", "is empty"),
        ({"text_body": "Dear {givn_name}"}, "text_body", "Did you mean {given_name}"),
        ({"text_body": "Dear {ask_amount}"}, "text_body", "is not a field"),
        ({"subject": "{unsubscribe}"}, "subject", "does not belong into a subject"),
        ({"text_body": "Dear {"}, "text_body", "in line 1 is not a field"),
        ({"look": "own"}, "html_body", "is empty"),
        ({"look": "own", "html_body": "<ScRipt>"}, "html_body", "has no place in a mail"),
        ({"look": "fancy"}, "look", "is not a look"),
        ({"purpose": "spam"}, "purpose", "is not one of the list"),
        ({"policy": "often"}, "policy", "is not one of the list"),
        ({"text_body": "x" * 100_001}, "text_body", "is longer than"),
    ],
)
def test_a_template_that_cannot_be_is_refused_at_its_field(
    session: Session, more: dict[str, str], field: str, says: str
) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        made(session, **more)
    assert refused.value.field == field


def test_a_template_is_changed_by_one_at_a_time_and_keeps_its_name_to_itself(session: Session) -> None:
    row = made(session)
    made(session, name="Welcome")
    with pytest.raises(Invalid, match="another template"):
        change_template(session, row.id, draft(name="Welcome"), within=change(session))
    change_template(session, row.id, draft(subject="Thanks!"), within=change(session), expect=1)
    with pytest.raises(Conflict):
        change_template(session, row.id, draft(subject="Many thanks"), within=change(session), expect=1)
    assert switch_template(session, row.id, active=False, within=change(session)).is_active is False
