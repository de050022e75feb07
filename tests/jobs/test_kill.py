"""kill -9 of real scheduler processes: nothing is lost, nothing is doubled. `make soak` does it more often."""

from pathlib import Path

from flask import Flask

from tests.harness.mail import Mailbox
from tests.soak.killing import kill_and_count


def test_five_kills_lose_nothing_and_double_nothing(app: Flask, mailbox: Mailbox, tmp_path: Path) -> None:
    tally = kill_and_count(app, mailbox, tmp_path, kills=5)
    assert (tally.lost, tally.doubled, tally.mails_lost) == (0, 0, 0)
    assert tally.made == tally.wanted > 100
    assert tally.resent <= tally.kills


def test_the_harness_sees_what_a_naive_body_does(app: Flask, mailbox: Mailbox, tmp_path: Path) -> None:
    tally = kill_and_count(app, mailbox, tmp_path, kills=3, way="naive")
    assert tally.doubled > 0
