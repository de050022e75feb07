"""Settings of the organization as dated rows: nothing is overwritten, so that old figures can be explained."""

import json
from dataclasses import dataclass, fields, replace
from datetime import time
from functools import lru_cache
from typing import Any

from sqlalchemy import Index, func, select
from sqlalchemy.orm import Mapped, Session

from donors.core.bulk import table_of
from donors.core.calendar import FiscalCalendar
from donors.core.changes import ChangeSet, insert
from donors.core.closing import ClosedDays, Closing, read_closing
from donors.core.db import Base, Recorded, is_sqlite
from donors.core.packed import Packed, Shelf, unpack
from donors.core.quiet import QuietTimes

WEEKEND = frozenset({5, 6})


class Setting(Recorded, Base):
    """One value of one setting from the change set on that created it; the newest row of a key rules."""

    __tablename__ = "setting"
    __table_args__ = (Index("ix_setting_key_id", "key", "id"),)

    key: Mapped[str]
    value: Mapped[dict[str, Any]]


@dataclass(frozen=True)
class Organization:
    """What the organization has set, with the value that holds until it does.

    `zone` is an IANA name, `locale` a Babel name such as en_US, `currency` an ISO 4217 code.
    `fiscal_start_month` is 1 to 12; `fiscal_named_for_end` labels a fiscal year by the year in which it ends.
    `second_factor_for` says who must sign in with a second factor: nobody, administrators or everybody.
    `holiday_country` and `holiday_region` are ISO 3166 codes (none: no public holidays); `closed_days` are the
    organization's own closings as texts of core/closing.py. On neither does a task of a plan fall due.
    No mail leaves for constituents from `quiet_from` to `quiet_until` (local times such as 20:00; none: at no hour), on
    `quiet_weekdays` (0 is Monday), and with `quiet_when_closed` on closed days.
    `reply_address` is where answers to mail go, `bounce_address` where mail servers report failures; empty: the sender.
    `contact_caps` limit contacts of one constituent (`all/4/30`: four in thirty days over all channels, `email/2/7`).
    `own_hosts` are the hosts of the organization's own sites (`www.example.org`), from which forms may be sent and to
    which they may lead. A lead that was not answered in time goes to `late_leads_to` (director, next, nobody).
    A portfolio of more than `portfolio_warning` constituents is marked, past `portfolio_limit` it is too large.
    """

    name: str = "Our organization"
    zone: str = "UTC"
    locale: str = "en_US"
    currency: str = "USD"
    fiscal_start_month: int = 1
    fiscal_named_for_end: bool = True
    sender_address: str = ""
    second_factor_for: str = "administrators"
    closed_days: tuple[str, ...] = ()
    holiday_country: str = ""
    holiday_region: str = ""
    quiet_from: str = ""
    quiet_until: str = ""
    quiet_weekdays: tuple[int, ...] = ()
    quiet_when_closed: bool = False
    reply_address: str = ""
    bounce_address: str = ""
    contact_caps: tuple[str, ...] = ()
    portfolio_warning: int = 120
    portfolio_limit: int = 150
    own_hosts: tuple[str, ...] = ()
    late_leads_to: str = "director"

    @property
    def fiscal(self) -> FiscalCalendar:
        """The fiscal calendar of the organization."""
        return FiscalCalendar(self.fiscal_start_month, self.fiscal_named_for_end)

    @property
    def closings(self) -> tuple[Closing, ...]:
        """The organization's own closings."""
        return tuple(map(read_closing, self.closed_days))

    @property
    def closed(self) -> ClosedDays:
        """The closed days: public holidays and the organization's own."""
        return ClosedDays(self.holiday_country, self.holiday_region, self.closings)

    @property
    def quiet(self) -> QuietTimes:
        """When no mail leaves for constituents."""
        start, end = (time.fromisoformat(text) if text else None for text in (self.quiet_from, self.quiet_until))
        days = self.closed if self.quiet_when_closed else ClosedDays()
        return QuietTimes(self.zone, start, end, frozenset(self.quiet_weekdays), days)

    @property
    def unanswered(self) -> QuietTimes:
        """When nobody is expected to answer: weekends, closed days, and the times in which no mail leaves."""
        return replace(self.quiet, weekdays=self.quiet.weekdays | WEEKEND, days=self.closed)


def organization(session: Session) -> Organization:
    """The organization's settings of this moment."""
    [text] = _SHELF.texts(session)
    return read_settings(text)


_TABLE = table_of(Setting).c
SETTINGS = Packed(
    select(_TABLE.key, _TABLE.value).where(_TABLE.id.in_(select(func.max(_TABLE.id)).group_by(_TABLE.key)))
)
"""The newest value of each setting."""
_SHELF = Shelf(SETTINGS)
_KNOWN = {field.name for field in fields(Organization)}


@lru_cache(maxsize=32)
def read_settings(text: str) -> Organization:
    """The settings in a packed text of `SETTINGS`."""
    found = {key: (json.loads(kept) if isinstance(kept, str) else kept)["value"] for key, kept in unpack(text)}
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in found.items() if key in _KNOWN
    }
    return Organization(**values)


def hold_settings(session: Session) -> None:
    """Lets a change of settings wait until the end of this transaction. SQLite has one writer at a time anyway."""
    if not is_sqlite(session):
        session.execute(_HELD)


def hold_settings_alone(session: Session) -> None:
    """Waits for all who write by the rules of now, and lets others wait, until the end of this transaction."""
    if not is_sqlite(session):
        session.execute(_ALONE)


def settled(session: Session) -> Organization:
    """The settings, which stay so until the end of this transaction: for what is kept as they say (fiscal years)."""
    hold_settings(session)
    return organization(session)


LOCK = 7_302_025
_HELD, _ALONE = select(func.pg_advisory_xact_lock_shared(LOCK)), select(func.pg_advisory_xact_lock(LOCK))


def set_organization(session: Session, wanted: Organization, *, within: ChangeSet) -> tuple[str, ...]:
    """Keeps the settings that differ from those of now, and returns their keys.

    Waits for those who write by the settings of now, so that whoever comes later writes by the new ones.
    """
    hold_settings_alone(session)
    current = organization(session)
    changed = tuple(
        field.name for field in fields(Organization) if getattr(current, field.name) != getattr(wanted, field.name)
    )
    for key in changed:
        insert(session, Setting(key=key, value={"value": getattr(wanted, key)}), within=within)
    return changed
