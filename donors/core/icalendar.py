"""Writing calendars as calendar programs read them (iCalendar, RFC 5545). Pure: events in, text out.

All events here last whole days. Such a day has no time zone and begins when the reader's own day does; which day it is
was decided before, in the organization's zone. Instants are written in UTC.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MOST_OCTETS = 75
"""Of one line in UTF-8, without its end; longer ones are folded (3.1)."""

CONTROLS = {code: None for code in range(32) if code not in (9, 10)} | {127: None}
"""What a text may not hold (3.3.11); the tab stays, and the line break, which is escaped."""


@dataclass(frozen=True)
class Event:
    """Something on one day. `uid` names it for ever, `sequence` rises with each change; `recorded_at` is aware."""

    uid: str
    on: date
    summary: str
    recorded_at: datetime
    sequence: int = 0
    description: str = ""
    url: str = ""
    category: str = ""


def calendar(name: str, events: Iterable[Event], *, zone: str, refresh: timedelta = timedelta(hours=1)) -> str:
    """A calendar with a name; programs are asked to look again after `refresh`. Lines end in CRLF."""
    minutes = max(1, int(refresh.total_seconds()) // 60)
    head = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Perennial//Tasks//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        f"X-WR-TIMEZONE:{escaped(zone)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:PT{minutes}M",
        f"X-PUBLISHED-TTL:PT{minutes}M",
    )
    lines = [*head, *(line for event in events for line in _event(event)), "END:VCALENDAR"]
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _event(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(event.uid)}"
    yield f"DTSTAMP:{event.recorded_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{_day(event.on)}"
    if event.on < date.max:
        yield f"DTEND;VALUE=DATE:{_day(event.on + timedelta(days=1))}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"SUMMARY:{escaped(event.summary)}"
    if event.description:
        yield f"DESCRIPTION:{escaped(event.description)}"
    if event.url:
        yield f"URL:{event.url.translate(CONTROLS | {10: None})}"
    if event.category:
        yield f"CATEGORIES:{escaped(event.category)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _day(on: date) -> str:
    return on.isoformat().replace("-", "")


def escaped(text: str) -> str:
    """A text as a value of kind TEXT: backslash, semicolon, comma and line break get a backslash (3.3.11)."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").translate(CONTROLS)
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> str:
    """A line in pieces of at most 75 octets, each further one after CRLF and a space; no letter is cut in two (3.1)."""
    pieces, room = [""], MOST_OCTETS
    for letter in line:
        size = len(letter.encode())
        if size > room:
            pieces.append("")
            room = MOST_OCTETS - 1
        pieces[-1] += letter
        room -= size
    return "\r\n ".join(pieces)
