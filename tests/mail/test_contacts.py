"""How often, when, and once a day: the rules of the gate, and the ledger that they read."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.constituents.contact import deactivate
from donors.constituents.models import EmailAddress
from donors.core.errors import Blocked, Invalid
from donors.mail.decide import Cap, Past, read_cap, within_caps
from donors.mail.gate import ask, keep_contact, may_contact, require
from donors.mail.models import DROPPED, Contact, ContactRefusal
from donors.mail.outbox import Letter, Origin, post_to
from tests.mail.people import AT, ON, asked, change, reachable, sent, settle

days = st.dates(date(2026, 1, 1), date(2026, 4, 30))
pasts = st.lists(st.builds(Past, days, st.sampled_from(["email", "phone", "post"]), st.just("news")), max_size=12)
limits = st.builds(Cap, st.sampled_from(["all", "email"]), st.integers(1, 4), st.integers(1, 40))


@given(pasts, limits)
def test_a_limit_lets_pass_on_the_day_that_it_names_and_not_before(past: list[Past], cap: Cap) -> None:
    past = [one for one in past if one.on <= ON]
    answer = within_caps(past, [cap], channel="email", on=ON)
    inside = [one for one in past if one.on > ON - timedelta(days=cap.days) and cap.channel in ("all", one.channel)]
    assert answer.allowed is (len(inside) < cap.most)
    if answer.again_on is not None:
        assert answer.again_on > ON
        assert within_caps(past, [cap], channel="email", on=answer.again_on).allowed
        assert not within_caps(past, [cap], channel="email", on=answer.again_on - timedelta(days=1)).allowed


def test_a_limit_of_another_channel_does_not_hold() -> None:
    past = [Past(ON, "email", "news")]
    assert within_caps(past, [Cap("email", 1, 7)], channel="phone", on=ON).allowed
    refused = within_caps(past, [Cap("email", 1, 7), Cap("all", 1, 30)], channel="email", on=ON)
    assert refused.reason == "At most 1 contact in 30 days: the next from 2026-04-05 on."


@pytest.mark.parametrize("text", ["", "all", "all/0/7", "all/3/0", "all/3/9999", "fax/1/1", "all/x/7"])
def test_a_limit_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="contact_caps"):
        read_cap(text)


def test_a_mail_is_a_contact_and_the_next_one_is_refused_with_its_reason(session: Session) -> None:
    settle(session, contact_caps=("email/1/7",))
    who = reachable(session)
    mail = sent(session, asked(who))
    kept = session.scalars(select(Contact)).one()
    assert (kept.constituent_id, kept.mail_id, kept.happened_on, kept.about) == (who.id, mail.id, ON, "Spring news")
    assert may_contact(session, asked(who), at=AT).allowed, "the same act does not count against itself"
    answer, granted = ask(session, asked(who, "mail/task/2"), within=change(session))
    assert granted is None
    assert answer.again_on == ON + timedelta(days=7)
    ask(session, asked(who, "mail/task/2"), within=change(session))
    refused = session.scalars(select(ContactRefusal)).one()
    assert (refused.key, refused.refused_on, refused.reason) == ("mail/task/2", ON, answer.reason)
    assert may_contact(session, asked(who, "mail/task/2"), at=AT + timedelta(days=7)).allowed
    with pytest.raises(Blocked, match="At most 1 contact by e-mail in 7 days"):
        require(session, asked(who, "mail/task/3"), within=change(session))


def test_a_mail_that_never_left_does_not_count(session: Session) -> None:
    settle(session, contact_caps=("all/1/30",))
    who = reachable(session)
    sent(session, asked(who)).state = DROPPED
    session.flush()
    assert may_contact(session, asked(who, "mail/task/2"), at=AT).allowed


def test_calls_and_letters_count_across_channels(session: Session) -> None:
    settle(session, contact_caps=("all/2/30",))
    who = reachable(session)
    for number, channel in enumerate(("phone", "post")):
        act = asked(who, f"move/{number}", channel=channel, purpose="personal")
        keep_contact(session, act, on=ON - timedelta(days=3), within=change(session))
        keep_contact(session, act, on=ON - timedelta(days=3), within=change(session))
    assert not may_contact(session, asked(who), at=AT).allowed
    assert may_contact(session, asked(who, purpose="thanks"), at=AT).allowed, "thanks are not held back"


def test_one_thanks_covers_all_gifts_of_a_day(session: Session) -> None:
    who = reachable(session)
    sent(session, asked(who, "gift/1/thanks", purpose="thanks"))
    answer = may_contact(session, asked(who, "gift/2/thanks", purpose="thanks"), at=AT)
    assert answer.reason == "Thanks of 2026-03-06 are written already; one covers all gifts of a day."
    assert may_contact(session, asked(who, "gift/2/thanks", purpose="thanks"), at=AT + timedelta(days=1)).allowed
    assert may_contact(session, asked(who, "gift/2/receipt", purpose="service"), at=AT).allowed


def test_what_waits_for_the_morning_counts_on_the_next_day(session: Session) -> None:
    settle(session, quiet_from="20:00", quiet_until="08:00", contact_caps=("email/1/1",))
    who, other = reachable(session), reachable(session, "Ben Berg", "ben@example.org")
    evening, morning = AT.replace(hour=21), AT.replace(hour=9) + timedelta(days=1)
    sent(session, asked(who, "gift/1/thanks", purpose="thanks"), evening)
    sent(session, asked(other), evening)
    assert session.scalars(select(Contact.happened_on)).all() == [ON + timedelta(days=1)] * 2
    for at in (evening + timedelta(hours=1), morning):
        thanks = may_contact(session, asked(who, "gift/2/thanks", purpose="thanks"), at=at)
        assert thanks.reason == "Thanks of 2026-03-07 are written already; one covers all gifts of a day."
        news = may_contact(session, asked(other, "mail/task/2"), at=at)
        assert news.again_on == thanks.again_on == ON + timedelta(days=2)


def test_on_a_quiet_day_a_mail_waits_and_a_receipt_goes(session: Session) -> None:
    settle(session, quiet_weekdays=(4,), closed_days=("2026-03-07",), quiet_when_closed=True)
    who = reachable(session)
    assert sent(session, asked(who)).next_try_at == datetime(2026, 3, 8, tzinfo=UTC)
    assert sent(session, asked(who, "receipt", purpose="service")).next_try_at == AT


def test_a_pass_is_good_for_its_own_letter_alone(session: Session) -> None:
    who = reachable(session)
    within = change(session)
    granted = require(session, asked(who), within=within)
    for letter in (Letter("other", "ann@example.org", "a", "b"), Letter("mail/task/1", "eve@example.org", "a", "b")):
        with pytest.raises(Invalid, match="contact gate"):
            post_to(session, letter, granted, origin=Origin(), within=within)


def test_without_an_address_in_use_nobody_is_written_to(session: Session) -> None:
    who = reachable(session)
    for point in session.scalars(select(EmailAddress).where(EmailAddress.constituent_id == who.id)):
        deactivate(session, point, within=change(session))
    assert may_contact(session, asked(who), at=AT).reason == "No active address for contact by email is known."


def test_the_same_letter_twice_is_one_mail_and_one_contact(session: Session) -> None:
    who = reachable(session)
    assert sent(session, asked(who)).id == sent(session, asked(who)).id
    assert len(session.scalars(select(Contact)).all()) == 1
