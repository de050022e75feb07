"""Whoever is away or gone is stood in for, and the note says for whom."""

from datetime import date

from donors.accounts.decide import Away
from donors.plans.starting.first_tasks import Owner
from donors.workflows.people import StandIns

MAREN, ODILE, PAUL, ADMIN = 1, 2, 3, 4
NAMES = {MAREN: "Maren Holt", ODILE: "Odile Brandt", PAUL: "Paul Weir", ADMIN: "Ida Root"}
LEAVE = Away(MAREN, date(2026, 7, 6), date(2026, 7, 17), ODILE)
PEOPLE = StandIns(NAMES, frozenset({MAREN, ODILE, ADMIN}), ADMIN, {MAREN: [LEAVE], ODILE: []})


def test_who_is_there_does_it() -> None:
    assert PEOPLE.active(MAREN, date(2026, 7, 5)) == Owner(MAREN)
    assert PEOPLE.active(MAREN) == Owner(MAREN)
    assert PEOPLE.active(None) == Owner(ADMIN)


def test_who_is_away_is_stood_in_for_until_the_last_day() -> None:
    note = "Meant for Maren Holt, who is away until July 17, 2026."
    assert PEOPLE.active(MAREN, date(2026, 7, 6)) == PEOPLE.active(MAREN, date(2026, 7, 17)) == Owner(ODILE, note)
    assert PEOPLE.active(MAREN, date(2026, 7, 18)) == Owner(MAREN)


def test_who_is_away_without_stand_in_keeps_it() -> None:
    alone = StandIns(NAMES, PEOPLE.current, ADMIN, {ODILE: [Away(ODILE, date(2026, 7, 6), date(2026, 7, 6))]})
    note = "Odile Brandt is away until July 6, 2026, and nobody stands in."
    assert alone.active(ODILE, date(2026, 7, 6)) == Owner(ODILE, note)


def test_who_is_no_longer_active_is_stood_in_for() -> None:
    gone = "Meant for Paul Weir, who is no longer active."
    assert PEOPLE.active(PAUL, date(2026, 7, 6)) == Owner(ADMIN, gone)
    leaving = StandIns(NAMES, PEOPLE.current, ADMIN, {PAUL: [Away(PAUL, date(2026, 7, 1), date(2026, 7, 31), ODILE)]})
    assert leaving.active(PAUL, date(2026, 7, 6)) == Owner(ODILE, gone)
    nobody = StandIns({PAUL: "Paul Weir"}, frozenset(), None)
    assert nobody.active(PAUL, date(2026, 7, 6)) == Owner(None, gone)
