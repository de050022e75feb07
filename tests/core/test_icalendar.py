"""Calendars are read back as they were written, by a small reader of its own that follows RFC 5545."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors.core.icalendar import Event, calendar, escaped, folded

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from(';,\\\n\t:"'), max_size=300)
AT = datetime(2026, 3, 29, 3, 30, tzinfo=ZoneInfo("Europe/Vienna"))
NAMES = st.from_regex(r"[a-z]{1,80}-[0-9]{1,9}@[a-z]{1,60}", fullmatch=True)
EVENTS = st.builds(Event, NAMES, st.dates(), TEXT, st.just(AT), st.integers(0, 99), TEXT)


def unfolded(text: str) -> list[str]:
    """The content lines of a calendar."""
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def read(value: str) -> str:
    """The text that a value stands for."""
    return re.sub(r"\\([\\;,nN])", lambda found: "\n" if found[1] in "nN" else found[1], value)


def test_the_example_of_a_text() -> None:
    """RFC 5545, 3.3.11."""
    text = "Project XYZ Final Review\nConference Room - 3B\nCome Prepared."
    assert escaped(text) == r"Project XYZ Final Review\nConference Room - 3B\nCome Prepared."
    assert escaped("a;b,c\\d\r\ne\x07") == "a\\;b\\,c\\\\d\\ne"


def test_the_example_of_a_fold() -> None:
    """RFC 5545, 3.1: taking out each line break with the space after it gives the long line back."""
    line = "DESCRIPTION:This is a lo" + "ng description that exists on a long line." * 5
    assert folded(line).replace("\r\n ", "") == line
    assert folded("SUMMARY:short") == "SUMMARY:short"
    exact = "X:" + "a" * 73
    assert folded(exact) == exact
    assert folded(exact + "b") == exact + "\r\n b"


@given(TEXT)
def test_no_line_is_too_long_and_no_letter_is_cut(text: str) -> None:
    line = f"SUMMARY:{escaped(text)}"
    pieces = folded(line).encode().split(b"\r\n")
    assert all(len(piece) <= 75 for piece in pieces)
    assert all(piece.startswith(b" ") for piece in pieces[1:])
    assert [piece.decode() for piece in pieces], "each piece is whole UTF-8"
    assert read(unfolded(folded(line) + "\r\n")[0].removeprefix("SUMMARY:")) == text


@given(st.lists(EVENTS, max_size=4), TEXT)
def test_a_calendar_is_read_as_it_was_written(events: list[Event], name: str) -> None:
    lines = unfolded(calendar(name, events, zone="Europe/Vienna"))
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert lines[-1] == "END:VCALENDAR"
    assert f"X-WR-CALNAME:{escaped(name)}" in lines
    found = []
    for line in lines:
        key, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found and key not in ("END", "BEGIN"):
            assert key not in found[-1], "each property stands once"
            found[-1][key] = value
    assert [(read(one["UID"]), read(one["SUMMARY"]), read(one.get("DESCRIPTION", ""))) for one in found] == [
        (event.uid, event.summary, event.description) for event in events
    ]
    for one, event in zip(found, events, strict=True):
        assert date.fromisoformat(one["DTSTART;VALUE=DATE"]) == event.on
        if event.on < date.max:
            assert date.fromisoformat(one["DTEND;VALUE=DATE"]) == event.on + timedelta(days=1)


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (AT, "20260329T013000Z"),
        (datetime(2026, 10, 25, 2, 30, fold=0, tzinfo=ZoneInfo("Europe/Vienna")), "20261025T003000Z"),
        (datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Vienna")), "20261025T013000Z"),
        (datetime(2026, 1, 1, tzinfo=UTC), "20260101T000000Z"),
    ],
)
def test_instants_are_written_in_utc(at: datetime, written: str) -> None:
    text = calendar("Tasks", [Event("task-1@example.org", date(2026, 3, 29), "Call", at)], zone="Europe/Vienna")
    assert f"DTSTAMP:{written}\r\n" in text


def test_an_address_holds_no_second_line() -> None:
    text = calendar("T", [Event("u", date(2026, 1, 1), "s", AT, url="https://x.org/\r\nATTENDEE:evil")], zone="UTC")
    assert "URL:https://x.org/ATTENDEE:evil\r\n" in text
