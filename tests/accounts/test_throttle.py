"""Guessing gets slower and slower; the owner on a known device does not notice."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from donors.accounts.throttle import Try, delay, network, remember, seconds_to_wait, sign_in_try

START = datetime(2026, 3, 9, 9, tzinfo=UTC)


def tried(
    seconds: float = 0, *, email: str = "maren@example.org", address: str = "203.0.113.7", known: bool = False
) -> Try:
    return sign_in_try(email, address=address, known_device=known, at=START + timedelta(seconds=seconds))


def fail(session: Session, times: int, **where: object) -> None:
    for n in range(times):
        remember(session, tried(n / 100, **where), succeeded=False)  # type: ignore[arg-type]


def test_delays_grow_to_a_minute_and_stay_there() -> None:
    assert [delay(n, 3) for n in range(12)] == [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert delay(10_000, 3) == 60


def test_three_are_free_then_it_slows_down(session: Session) -> None:
    fail(session, 2)
    assert seconds_to_wait(session, tried(1)) == 0
    fail(session, 3)
    assert seconds_to_wait(session, tried(0.1)) == 4
    assert seconds_to_wait(session, tried(10)) == 0


def test_fifty_tries_cost_minutes_and_never_lock_out(session: Session) -> None:
    fail(session, 50)
    assert seconds_to_wait(session, tried(1)) == 60
    assert seconds_to_wait(session, tried(61)) == 0


def test_the_owner_comes_in_from_a_known_device_while_others_guess(session: Session) -> None:
    fail(session, 50)
    assert seconds_to_wait(session, tried(1, known=True)) == 0
    fail(session, 4, known=True)
    assert seconds_to_wait(session, tried(0.1, known=True)) == 2


def test_guessing_one_account_from_many_networks_slows_down(session: Session) -> None:
    for n in range(15):
        remember(session, tried(address=f"198.51.{n}.1"), succeeded=False)
    assert seconds_to_wait(session, tried(1, address="192.0.2.1")) > 0


def test_guessing_many_accounts_from_one_network_slows_down(session: Session) -> None:
    for n in range(45):
        remember(session, tried(email=f"{n}@example.org", address=f"203.0.113.{n}"), succeeded=False)
    assert seconds_to_wait(session, tried(1, email="new@example.org")) > 0
    assert seconds_to_wait(session, tried(1, email="new@example.org", address="192.0.2.1")) == 0


def test_success_clears_the_pair(session: Session) -> None:
    fail(session, 6)
    remember(session, tried(60), succeeded=True)
    assert seconds_to_wait(session, tried(61)) == 0


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2ff:3::4", "2001:db8:1:200::/56"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_networks(address: str, expected: str) -> None:
    assert network(address) == expected
