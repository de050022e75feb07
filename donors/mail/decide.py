"""The rules of the contact gate, without any database: who may be reached, and how often.

Refusing is the rule when in doubt: who is dead, removed, unknown or wants no contact is not reached by any channel, and
a channel that was refused stays refused until a newer consent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from donors.core.errors import Invalid

Channel = Literal["email", "phone", "post"]
CHANNELS: tuple[Channel, ...] = ("email", "phone", "post")
CHANNEL_WORDS: Mapping[str, str] = {"email": "e-mail", "phone": "phone", "post": "post"}
ALL = "all"
MOST_DAYS = 366


@dataclass(frozen=True)
class Kind:
    """What a purpose asks for. `consents`: somebody must have agreed to the channel, not only not refused it.

    `answers`: it is owed to them, whatever they object to.

    `capped`: held back when there were too many contacts; `waits`: does not leave in quiet times; `addressed`: an
    address must be on record.
    """

    words: str
    consents: bool
    capped: bool
    waits: bool
    addressed: bool = True
    answers: bool = False


PURPOSES: Mapping[str, Kind] = {
    "ask": Kind("Ask for a gift", consents=True, capped=True, waits=True),
    "news": Kind("News, invitations", consents=True, capped=True, waits=True),
    "thanks": Kind("Thanks", consents=False, capped=False, waits=True),
    "personal": Kind("A call or letter of a plan", consents=False, capped=True, waits=True, addressed=False),
    "own": Kind("What a person does by hand", consents=False, capped=False, waits=False, addressed=False),
    "service": Kind("Receipt, answer", consents=False, capped=False, waits=False, answers=True),
}
"""Purpose of an outgoing act → what it asks for. Thanks go once a day; receipts and answers go at any time."""


@dataclass(frozen=True)
class Facts:
    """What is known of a person on a day. `consent` is the newest word on the channel; none: it was never asked.

    `erased`, `restricted` and `objected` are rights of theirs that hold.
    """

    deceased: bool = False
    deleted: bool = False
    unknown_giver: bool = False
    do_not_contact: bool = False
    erased: bool = False
    restricted: bool = False
    objected: bool = False
    consent: bool | None = None
    reachable: bool = True


@dataclass(frozen=True)
class Answer:
    """Whether the person may be reached; `reason` is a sentence when not, or when it has to wait.

    `not_before`: allowed, but not before this instant. `again_on`: refused for now, and from which day on no longer.
    """

    allowed: bool
    reason: str = ""
    not_before: datetime | None = None
    again_on: date | None = None


YES = Answer(True)


def may_reach(
    facts: Facts, *, channel: Channel, needs_consent: bool = True, needs_address: bool = True, answers: bool = False
) -> Answer:
    """The answer for one channel. `needs_consent`: for acts that nobody asked for (appeals), not for receipts;
    `answers`: for receipts and answers, which are owed also to those who object to fundraising.
    """
    refusals = (
        (facts.deceased, "This person has died."),
        (facts.deleted, "This constituent was removed."),
        (facts.erased, "This person was erased."),
        (facts.restricted, "The record of this person is restricted."),
        (facts.objected and not answers, "This person objected to fundraising."),
        (facts.unknown_giver, "Nobody knows who this giver is."),
        (facts.do_not_contact, "This person wants no contact."),
        (facts.consent is False, f"This person has refused contact by {channel}."),
        (needs_consent and facts.consent is None, f"There is no consent to contact by {channel}."),
        (needs_address and not facts.reachable, f"No active address for contact by {channel} is known."),
    )
    return next((Answer(False, reason) for holds, reason in refusals if holds), YES)


@dataclass(frozen=True)
class Cap:
    """At most `most` contacts in `days` days, today among them, by one channel or (`all`) by any."""

    channel: str
    most: int
    days: int

    def __str__(self) -> str:
        return f"{self.channel}/{self.most}/{self.days}"


def read_cap(text: str) -> Cap:
    """A cap as settings keep it: `all/4/30`. Raises Invalid."""
    parts = str(text).strip().split("/")
    if len(parts) == 3 and parts[0] in (ALL, *CHANNELS) and parts[1].isdigit() and parts[2].isdigit():
        cap = Cap(parts[0], int(parts[1]), int(parts[2]))
        if cap.most >= 1 and 1 <= cap.days <= MOST_DAYS:
            return cap
    raise Invalid("contact_caps", text, "is not a limit of contacts", "Write it as all/4/30 or email/2/7.")


@dataclass(frozen=True)
class Past:
    """A contact that was made: on which day, over which channel, what for."""

    on: date
    channel: str
    purpose: str


def thanked(past: Iterable[Past], *, channel: str, on: date) -> Answer:
    """One thanks a day and channel, however many gifts there were."""
    if any(one.purpose == "thanks" and one.channel == channel and one.on == on for one in past):
        reason = f"Thanks of {on.isoformat()} are written already; one covers all gifts of a day."
        return Answer(False, reason, again_on=on + timedelta(days=1))
    return YES


def within_caps(past: Sequence[Past], caps: Iterable[Cap], *, channel: str, on: date) -> Answer:
    """Whether one contact more keeps within all limits that touch this channel; if not, when it will."""
    over = [(cap, again) for cap in caps if (again := _again(past, cap, channel=channel, on=on)) is not None]
    if not over:
        return YES
    cap, again = max(over, key=lambda one: one[1])
    by = "" if cap.channel == ALL else f" by {CHANNEL_WORDS[cap.channel]}"
    times, span = _count(cap.most, "contact"), _count(cap.days, "day")
    return Answer(False, f"At most {times}{by} in {span}: the next from {again.isoformat()} on.", again_on=again)


def _again(past: Sequence[Past], cap: Cap, *, channel: str, on: date) -> date | None:
    """The day on which the limit lets one more pass; none: it does so now. Later contacts count as well."""
    if cap.channel not in (ALL, channel):
        return None
    first = on - timedelta(days=cap.days - 1)
    counted = sorted(one.on for one in past if one.on >= first and cap.channel in (ALL, one.channel))
    return None if len(counted) < cap.most else counted[-cap.most] + timedelta(days=cap.days)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
