"""A plan for the style guide: five steps, parted by whether somebody was reached."""

from datetime import date

from donors.web.charts.branches import Branches, Stop, branches

START = date(2026, 10, 20)
STEPS = (
    (1, date(2026, 10, 20), (), "call", "Thank by phone", "Officer · on the day of the start", "done"),
    (2, date(2026, 11, 3), ((1, ""),), "call", "Ask what moved them", "Officer · 14 days after the call", "open"),
    (3, date(2026, 11, 10), ((2, "reached"),), "visit", "Invite to the studio", "Officer · if reached", ""),
    (4, date(2026, 11, 10), ((2, "no answer"),), "email", "Open studio hours", "Mail · if no answer", "off"),
    (5, date(2026, 11, 17), ((4, ""),), "call", "Second try", "Officer · 5 working days after", "off"),
    (6, date(2026, 12, 18), ((3, ""), (5, "")), "report", "What your gift did", "Mail · after any of these", ""),
)
"""Key, day, what it waits for, icon, subject, small print, tone."""


def plan() -> tuple[Branches, dict[int, str], dict[int, str], dict[int, tuple[str, str]]]:
    """The picture, icons, tones and words by key."""
    drawn = branches([Stop(key, on, after) for key, on, after, *_ in STEPS], start=START)
    signs = {key: sign for key, _, _, sign, *_ in STEPS}
    tones = {row[0]: row[6] for row in STEPS if row[6]}
    return drawn, signs, tones, {row[0]: (row[4], row[5]) for row in STEPS}
