"""Codes count once, clocks may be a step off, recovery codes are hashed and used up."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.accounts.audit import Doing
from donors.accounts.models import RecoveryCode, SignInSession
from donors.accounts.queries import credential, recovery_codes, sign_in_session
from donors.accounts.safe import Safe
from donors.accounts.second_factor import (
    RecoveryCodes,
    accept_code,
    address,
    begin_setup,
    draw_recovery_codes,
    finish_setup,
    new_recovery_codes,
    reseal,
)
from donors.accounts.sessions import Browser, begin
from donors.core.errors import Blocked, Invalid
from tests.cast import ADA, OLIVE, SAFE, Person, code

AT = datetime(2026, 3, 9, 9, 0, 10, tzinfo=UTC)
STEP = timedelta(seconds=30)


NONE = RecoveryCodes((), ())


def _new_codes(session: Session, user_id: int) -> tuple[str, ...]:
    drawn = draw_recovery_codes()
    new_recovery_codes(session, user_id, drawn, doing=doing())
    return drawn.shown


def doing(at: datetime = AT) -> Doing:
    return Doing(at)


def test_a_code_counts_once(session: Session, cast: dict[Person, int]) -> None:
    assert accept_code(session, cast[ADA], code(AT), safe=SAFE, doing=doing())
    assert not accept_code(session, cast[ADA], code(AT), safe=SAFE, doing=doing(AT + timedelta(seconds=3)))
    assert accept_code(session, cast[ADA], code(AT + STEP), safe=SAFE, doing=doing(AT + STEP))
    assert not accept_code(session, cast[ADA], code(AT), safe=SAFE, doing=doing(AT + STEP)), "an earlier step is over"


@pytest.mark.parametrize(("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(session: Session, cast: dict[Person, int], steps: int, accepted: bool) -> None:
    assert accept_code(session, cast[ADA], code(AT + steps * STEP), safe=SAFE, doing=doing()) is accepted


def test_rubbish_is_refused(session: Session, cast: dict[Person, int]) -> None:
    for wrong in ("", "000", "abc", "1234567", code(AT)[:5], "'; drop"):
        assert not accept_code(session, cast[ADA], wrong, safe=SAFE, doing=doing())
    assert not accept_code(session, cast[OLIVE], code(AT), safe=SAFE, doing=doing()), "she has no second factor"


def test_spaces_do_not_matter(session: Session, cast: dict[Person, int]) -> None:
    now = code(AT)
    assert accept_code(session, cast[ADA], f" {now[:3]} {now[3:]} ", safe=SAFE, doing=doing())


def test_a_recovery_code_stands_in_once(session: Session, cast: dict[Person, int]) -> None:
    codes = _new_codes(session, cast[ADA])
    assert len(set(codes)) == 10
    assert accept_code(session, cast[ADA], codes[3].lower(), safe=SAFE, doing=doing())
    assert not accept_code(session, cast[ADA], codes[3], safe=SAFE, doing=doing())
    assert accept_code(session, cast[ADA], codes[4].replace("-", ""), safe=SAFE, doing=doing())
    assert len(recovery_codes(session, cast[ADA])) == 8


def test_recovery_codes_are_kept_as_hashes_and_replaced_as_a_whole(session: Session, cast: dict[Person, int]) -> None:
    old = _new_codes(session, cast[ADA])
    kept = "".join(session.scalars(select(RecoveryCode.code_hash)))
    assert not any(code.replace("-", "") in kept for code in old)
    assert kept.count("$argon2id$") == 10
    _new_codes(session, cast[ADA])
    assert not accept_code(session, cast[ADA], old[0], safe=SAFE, doing=doing())


def test_setting_up_takes_a_first_code_and_signs_other_browsers_out(session: Session, cast: dict[Person, int]) -> None:
    here, there = (_session(session, cast[OLIVE], agent) for agent in ("here", "there"))
    secret = begin_setup(session, here, safe=SAFE)
    assert begin_setup(session, here, safe=SAFE) == secret
    assert credential(session, cast[OLIVE]).totp_secret is None, "not in force before a code was entered"
    assert secret in address(secret, email=OLIVE.email)
    with pytest.raises(Invalid):
        finish_setup(session, here, "000000", NONE, safe=SAFE, doing=doing())
    first = code_of(secret, AT)
    finish_setup(session, here, first, draw_recovery_codes(), safe=SAFE, doing=doing())
    assert len(recovery_codes(session, cast[OLIVE])) == 10
    assert secret not in (credential(session, cast[OLIVE]).totp_secret or "")
    assert SAFE.open(credential(session, cast[OLIVE]).totp_secret or "") == secret
    assert here.ended_at is None
    assert there.ended_why == "second factor set up"
    assert not accept_code(session, cast[OLIVE], first, safe=SAFE, doing=doing()), (
        "the first code was used for setting up"
    )


def test_another_key_says_so_and_recovery_codes_still_count(session: Session, cast: dict[Person, int]) -> None:
    codes, other = _new_codes(session, cast[ADA]), Safe(("another key",))
    with pytest.raises(Blocked, match="SECRET_KEY"):
        accept_code(session, cast[ADA], code(AT), safe=other, doing=doing())
    assert accept_code(session, cast[ADA], codes[0], safe=other, doing=doing())


def test_older_keys_count_until_all_is_sealed_anew(session: Session, cast: dict[Person, int]) -> None:
    both, new = Safe(("new key", *SAFE.keys)), Safe(("new key",))
    assert accept_code(session, cast[ADA], code(AT), safe=both, doing=doing())
    with pytest.raises(Blocked):
        reseal(session, safe=new)
    assert reseal(session, safe=both) == 1
    assert accept_code(session, cast[ADA], code(AT + STEP), safe=new, doing=doing(AT + STEP))


def code_of(secret: str, at: datetime) -> str:
    import pyotp

    return pyotp.TOTP(secret).at(at)


def _session(session: Session, user_id: int, agent: str) -> SignInSession:
    begin(session, user_id, browser=Browser("", agent), at=AT, limit=timedelta(hours=12), complete=True)
    newest = session.scalars(select(SignInSession.id).order_by(SignInSession.id.desc()).limit(1)).one()
    return sign_in_session(session, newest)
