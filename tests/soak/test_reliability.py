"""Kills by the dozen, on both databases; the figures go to docs/reliability.md."""

import random
from pathlib import Path

import pytest
from flask import Flask

from config import ROOT
from tests.harness.mail import Mailbox
from tests.soak.killing import Tally, kill_and_count

KILLS = 60
STOPS = 5
DOCUMENT = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- figures: begin -->\n", "<!-- figures: end -->\n"
HEAD = (
    "| database | body | kills | stops | effects wanted | made | lost | doubled | mails | lost | sent twice |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|\n"
)


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
    """Puts one line into the table of the document, in place of the one that was there."""
    system = "SQLite" if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite") else "PostgreSQL"
    start = f"| {system} | {body} |"
    figures = (
        tally.kills,
        tally.stops,
        tally.wanted,
        tally.made,
        tally.lost,
        tally.doubled,
        tally.mails,
        tally.mails_lost,
        tally.resent,
    )
    document = DOCUMENT.read_text()
    before, rest = document.split(BEGIN)
    table, after = rest.split(END)
    lines = [line for line in table.removeprefix(HEAD).splitlines() if line and not line.startswith(start)]
    lines.append(f"{start} {' | '.join(f'{figure:,}' for figure in figures)} |")
    DOCUMENT.write_text(before + BEGIN + HEAD + "\n".join(sorted(lines)) + "\n" + END + after)
