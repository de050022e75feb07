"""Kills by the dozen, on both databases; the figures go to docs/reliability.md."""

import random
from pathlib import Path

import pytest
from flask import Flask

from tests.harness.mail import Mailbox
from tests.soak.figures import keep
from tests.soak.killing import Tally, kill_and_count

KILLS = 60
STOPS = 5


@pytest.mark.soak
def test_kills_and_stops_lose_nothing_and_double_nothing(app: Flask, mailbox: Mailbox, tmp_path: Path) -> None:
    tally = kill_and_count(app, mailbox, tmp_path, kills=KILLS, stops=STOPS, seed=random.randrange(10**6))
    keep_figures(app, "claim, effect and advance in one transaction", tally)
    assert (tally.lost, tally.doubled, tally.mails_lost) == (0, 0, 0)
    assert tally.made == tally.wanted > 1000
    assert tally.resent <= tally.kills + tally.stops * 10  # a stopped sender may hold a whole batch


@pytest.mark.soak
def test_the_same_harness_finds_the_faults_of_a_naive_body(app: Flask, mailbox: Mailbox, tmp_path: Path) -> None:
    tally = kill_and_count(app, mailbox, tmp_path, kills=KILLS, way="naive", seed=random.randrange(10**6))
    keep_figures(app, "naive: read, write, advance apart", tally)
    assert tally.doubled > 0


def keep_figures(app: Flask, body: str, tally: Tally) -> None:
    """Puts a line into the table of kills."""
    wanted = (tally.kills, tally.stops, tally.wanted, tally.made, tally.lost, tally.doubled)
    keep(app, "figures", body, (*wanted, tally.mails, tally.mails_lost, tally.resent))
