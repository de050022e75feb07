"""Slowing down guesses without a lock-out: a delay grows with failed attempts, and the owner's device stays free.

Three counters, the longest delay counts: the account from one network, the account from everywhere, the network on all
accounts. A browser that signed in to the account before is held only by its own mistakes.
"""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy.orm import Session

from donors.accounts.models import SignInAttempt
from donors.accounts.queries import (
    Failures,
    failures_of_account,
    failures_of_device,
    failures_of_network,
    failures_of_pair,
)
from donors.accounts.secret import digest

WINDOW = timedelta(minutes=30)
LONGEST_DELAY = 60
FREE = 3
FREE_ANYWHERE = 10
FREE_ON_NETWORK = 40


@dataclass(frozen=True)
class Try:
    """One try to prove who one is: for which account, from which network, by a browser that is known there or not."""

    account: str
    network: str
    known_device: bool
    at: datetime


def sign_in_try(email: str, *, address: str, known_device: bool, at: datetime) -> Try:
    """A try with a password."""
    return Try(digest(email.strip().lower()), network(address), known_device, at)


def code_try(user_id: int, *, address: str, at: datetime) -> Try:
    """A try with a second factor; it has counters of its own."""
    return Try(digest(f"second factor of {user_id}"), network(address), False, at)


def network(address: str) -> str:
    """The /24 or /56 that an address lies in; text that is no address stays as it is."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 24 if parsed.version == 4 else 56), strict=False))


def seconds_to_wait(session: Session, tried: Try) -> int:
    """How many seconds must still pass before this try is looked at: 0 for at once."""
    return max(ceil(_left(failures, free, at=tried.at)) for failures, free in _counters(session, tried))


def remember(session: Session, tried: Try, *, succeeded: bool) -> None:
    """Keeps how a try went."""
    session.add(
        SignInAttempt(
            at=tried.at,
            account=tried.account,
            network=tried.network,
            known_device=tried.known_device,
            succeeded=succeeded,
        )
    )
    session.flush()


def delay(failed: int, free: int) -> int:
    """Seconds after a number of failures: none for the free ones, then 1, 2, 4 … up to a minute."""
    return 0 if failed < free else min(2 ** min(failed - free, 10), LONGEST_DELAY)


def _counters(session: Session, tried: Try) -> Iterator[tuple[Failures, int]]:
    since = tried.at - WINDOW
    if tried.known_device:
        yield failures_of_device(session, tried.account, since=since), FREE
        return
    yield failures_of_pair(session, tried.account, tried.network, since=since), FREE
    yield failures_of_account(session, tried.account, since=since), FREE_ANYWHERE
    yield failures_of_network(session, tried.network, since=since), FREE_ON_NETWORK


def _left(failures: Failures, free: int, *, at: datetime) -> float:
    if failures.last is None:
        return 0
    return max(0.0, delay(failures.count, free) - (at - failures.last).total_seconds())
