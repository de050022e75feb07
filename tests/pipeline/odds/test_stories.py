"""What was said of an ask, read as spells, claims and slips."""

from datetime import date, timedelta

from donors.pipeline.odds.history import ENDED, RECEIVED, Spell
from donors.pipeline.odds.stories import Claim, Line, Story

START = date(2026, 1, 1)


def line(
    day: int, status: str, odds: int | None = None, expected: date | None = None, kind: str = "cultivation"
) -> Line:
    return Line(START + timedelta(day), status, kind, 7, 100, odds, expected)


def spell(stand: tuple[str, str], first: int, last: int | None = None, then: object = None) -> Spell:
    until = None if last is None else START + timedelta(last)
    return Spell(1, stand, START + timedelta(first), until, then)  # type: ignore[arg-type]


def test_spells_follow_stage_and_status() -> None:
    lines = [line(0, "planned"), line(9, "planned", 30), line(20, "planned", 30, kind="solicitation")]
    lines += [line(30, "asked", 30, kind="solicitation"), line(80, "received", 30, kind="solicitation")]
    planned, later, asked = ("cultivation", "planned"), ("solicitation", "planned"), ("solicitation", "asked")
    assert Story(1, lines).spells() == [
        spell(planned, 0, 20, later),
        spell(later, 20, 30, asked),
        spell(asked, 30, 80, RECEIVED),
    ]
    assert Story(1, lines[:4]).spells()[-1] == spell(asked, 30)


def test_who_comes_back_to_a_deferred_ask_begins_anew() -> None:
    lines = [line(0, "asked", 50), line(40, "deferred", 50), line(60, "deferred", 50), line(90, "asked", 60)]
    stand = ("cultivation", "asked")
    assert Story(1, lines).spells() == [spell(stand, 0, 40, ENDED), spell(stand, 90)]
    first, second = Story(1, lines).claims()
    assert (first.happened, first.ended_on, first.days) == (False, START + timedelta(40), 0)
    assert (second.happened, second.ended_on, second.odds) == (None, None, 0.6)


def test_claims_are_odds_that_differ_from_those_before() -> None:
    lines = [line(0, "asked"), line(5, "asked", 40), line(9, "considering", 40), line(20, "considering", 70)]
    lines += [line(50, "received", 100)]
    end = START + timedelta(50)
    assert Story(1, lines).claims() == [
        Claim(1, START + timedelta(5), 7, ("cultivation", "asked"), 5, 0.4, True, end),
        Claim(1, START + timedelta(20), 7, ("cultivation", "considering"), 11, 0.7, True, end),
    ]


def test_the_slip_is_from_what_was_said_half_way() -> None:
    lines = [line(0, "asked", 50, date(2026, 2, 1)), line(40, "asked", 50, date(2026, 4, 1))]
    late = Story(1, [*lines, line(100, "asked", 50, date(2026, 4, 20)), line(120, "received", 50)])
    assert late.slip() == 1  # half-way, on day 60, it was looked for in April; it came on May 1
    assert Story(1, lines).slip() is None
    assert Story(1, [line(0, "asked"), line(80, "received")]).slip() is None
    came = late.received()
    assert came is not None
    assert came.on == START + timedelta(120)
    corrected = Story(1, [*late.lines, line(130, "received", 50)])
    assert corrected.received() == came
