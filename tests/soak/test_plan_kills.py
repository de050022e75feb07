"""Many kills of schedulers and of people at their pages while plans run; the figures go to docs/reliability.md."""

import random
from pathlib import Path

import pytest
from flask import Flask

from tests.cast import OLIVE, Person
from tests.harness.mail import Mailbox
from tests.soak.figures import keep
from tests.soak.plan_killing import PEOPLE, kill_plans

KILLS = 250
"""On each database."""


@pytest.mark.soak
def test_no_step_is_lost_and_none_doubled(
    app: Flask, cast: dict[Person, int], mailbox: Mailbox, tmp_path: Path
) -> None:
    tally = kill_plans(app, mailbox, tmp_path, starter=cast[OLIVE], kills=KILLS, seed=random.randrange(10**6))
    steps = (tally.plans, tally.unfinished, tally.uneven, tally.twice, tally.confirmed, tally.broken)
    keep(app, "plans", "killed", (tally.kills, *steps, tally.mails, tally.mails_lost + tally.mails_off, tally.resent))
    assert tally.plans == PEOPLE * (KILLS + 1)
    assert (tally.unfinished, tally.uneven, tally.twice, tally.broken) == (0, 0, 0, 0)
    assert tally.confirmed > 0
    assert (tally.mails, tally.mails_off, tally.mails_lost) == (3 * tally.plans, 0, 0)
    assert tally.resent <= tally.kills
