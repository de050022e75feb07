"""kill -9 of real scheduler processes: nothing is lost, nothing is doubled. `make soak` does it more often."""

from pathlib import Path

from flask import Flask

from tests.cast import OLIVE, Person
from tests.harness.mail import Mailbox
from tests.soak.killing import kill_and_count
from tests.soak.plan_killing import PEOPLE, kill_plans


def test_five_kills_lose_nothing_and_double_nothing(app: Flask, mailbox: Mailbox, tmp_path: Path) -> None:
    tally = kill_and_count(app, mailbox, tmp_path, kills=5)
    assert (tally.lost, tally.doubled, tally.mails_lost) == (0, 0, 0)
    assert tally.made == tally.wanted > 100
    assert tally.resent <= tally.kills


def test_the_harness_sees_what_a_naive_body_does(app: Flask, mailbox: Mailbox, tmp_path: Path) -> None:
    tally = kill_and_count(app, mailbox, tmp_path, kills=3, way="naive")
    assert tally.doubled > 0


def test_kills_while_plans_run_lose_no_step_and_double_none(
    app: Flask, cast: dict[Person, int], mailbox: Mailbox, tmp_path: Path
) -> None:
    """Two schedulers and two web workers, at whose pages people complete tasks; 13 kills on each database."""
    tally = kill_plans(app, mailbox, tmp_path, starter=cast[OLIVE], kills=13)
    assert tally.plans == PEOPLE * 14
    assert (tally.unfinished, tally.uneven, tally.twice, tally.broken) == (0, 0, 0, 0)
    assert tally.confirmed > 0
    assert (tally.mails, tally.mails_off, tally.mails_lost) == (3 * tally.plans, 0, 0)
    assert tally.resent <= tally.kills
