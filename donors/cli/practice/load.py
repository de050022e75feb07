"""Writes a drawn charity through the verbs that pages use, in few transactions, each with its own change set.

The last two years are lived through month by month, so that levels have a history with its causes.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from donors.accounts.credentials import set_known_hash
from donors.accounts.passwords import hash_password
from donors.accounts.users import NewUser, add_user
from donors.cli.practice import relations, world
from donors.cli.practice.asks import load_asks
from donors.cli.practice.claims import load_claims
from donors.cli.practice.doubles import find_doubles, load_doubles
from donors.cli.practice.forms import load_forms
from donors.cli.practice.ids import Ids
from donors.cli.practice.judged import load_judged
from donors.cli.practice.ladders import add_loyalty, freeze_one
from donors.cli.practice.leads import load_leads
from donors.cli.practice.office import load_office
from donors.cli.practice.story import Charity, DrawnGift, DrawnShift
from donors.cli.practice.team import load_team
from donors.cli.practice.templates import TEMPLATES
from donors.constituents.create import create_many
from donors.core.changes import Act, ChangeSet, open_change
from donors.core.db import Session, transaction
from donors.core.settings import Organization, set_organization
from donors.giving.gift_input import AdjustmentInput, CreditInput, GiftInput, SplitInput
from donors.giving.purposes import CampaignInput, add_appeal, add_campaign, add_fund
from donors.mail.template import Draft as MailDraft
from donors.mail.template import add_template
from donors.plans.templates.template import create
from donors.volunteering.activities import add_activity
from donors.volunteering.shift_input import ShiftInput
from donors.workflows.adjust import refund_gift
from donors.workflows.begin import begin
from donors.workflows.gifts import record_gifts
from donors.workflows.levels import assign_all
from donors.workflows.refresh import refresh_figures
from donors.workflows.shifts import record_shifts

LIVED_MONTHS = 24
AT_ONCE = 2000
DAY_BY_DAY = 45
"""Of how many days before the last the gifts are recorded day by day."""

DONE = "practice.done"
"""The kind of the last change set: a charity without it was interrupted."""

Drawn = TypeVar("Drawn", DrawnGift, DrawnShift)


@dataclass
class Loader:
    """Writes one charity; `ids` fills as the parts of it get theirs."""

    charity: Charity
    ids: Ids = field(default_factory=Ids)
    refunds: list[tuple[date, int, int]] = field(default_factory=list)
    """Refunds whose month has not come yet: day, gift, amount."""

    def load(self) -> Ids:
        """Writes everything, in the order in which it came to be."""
        self._organization()
        self._people()
        self._giving()
        relations.load_pipeline(self.charity, self.ids, self.change)
        load_asks(self.charity, self.ids, self.change)
        load_judged(self.charity, self.ids, self.change)
        load_claims(self.charity, self.ids, self.change)
        relations.load_plans(self.charity, self.ids, self.change)
        load_leads(self.charity, self.ids, self.change)
        with self.change(DONE) as (session, change):
            freeze_one(session, self.ids, within=change, on=self.charity.on)
            load_forms(session, self.ids, within=change)
            load_office(session, self.ids, within=change, on=self.charity.on)
            load_team(session, self.ids, within=change, on=self.charity.on)
        find_doubles(self.charity.on)
        return self.ids

    @contextmanager
    def change(
        self, kind: str, on: date | None = None, *, by: int | None = None
    ) -> Iterator[tuple[Session, ChangeSet]]:
        """One transaction with its change set, dated at noon of a day; of one of the staff, or of nobody."""
        with transaction() as session:
            yield session, open_change(session, kind, act=self._act(on or self.charity.on, by))

    def _act(self, on: date, by: int | None = None) -> Act:
        why = "practice charity" if by is None else ""
        return Act(by=by, at=datetime.combine(on, time(12), UTC), through="demo", why=why)

    def _organization(self) -> None:
        wanted = Organization(
            name=world.ORGANIZATION,
            zone=world.ZONE,
            fiscal_start_month=world.FISCAL_START,
            sender_address=f"hello@{world.DOMAIN}",
            holiday_country="US",
            holiday_region="OR",
            closed_days=("--12-24 Christmas Eve",),
            quiet_from="20:00",
            quiet_until="08:00",
        )
        known = hash_password(world.PASSWORD)
        with self.change("practice.organization") as (session, change):
            set_organization(session, wanted, within=change)
            begin(session, within=change)
            add_loyalty(session, within=change)
            for login, name, role in world.STAFF:
                user = add_user(session, NewUser(f"{login}@{world.DOMAIN}", name, role, practice=True), within=change)
                set_known_hash(session, user, known, at=change.at)
                self.ids.staff[login] = user.id
            for draft in TEMPLATES:
                self.ids.templates[draft.name] = create(session, draft, within=change).id
            for name, purpose, subject, text in world.MAILS:
                add_template(session, MailDraft(name, subject, text, "letter", purpose=purpose), within=change)
            self._purposes(session, change)

    def _purposes(self, session: Session, change: ChangeSet) -> None:
        for name in world.FUNDS:
            self.ids.funds[name] = add_fund(session, name, within=change).id
        for name in world.ACTIVITIES:
            self.ids.activities[name] = add_activity(session, name, within=change).id
        drive = CampaignInput("The Boathouse", date(self.charity.on.year - 3, 7, 1), goal=150_000_000)
        self.ids.campaigns[drive.name] = add_campaign(session, drive, within=change).id
        for name in sorted({gift.appeal for gift in self.charity.gifts if gift.appeal}):
            self.ids.appeals[name] = add_appeal(session, name, within=change).id

    def _people(self) -> None:
        with self.change("practice.people") as (session, change):
            self.ids.people.extend(create_many(session, self.charity.people, within=change))
            load_doubles(session, self.charity, within=change)
        relations.load_ties(self.charity, self.ids, self.change)

    def _giving(self) -> None:
        """Everything before the lived months at once, then month by month with figures and levels."""
        ends = _month_ends(self.charity.on)
        gifts, shifts = _by_month(self.charity.gifts, ends), _by_month(self.charity.shifts, ends)
        for end in ends:
            for day, drawn in self._days(gifts[end], end):
                for part in range(0, max(len(drawn), 1), AT_ONCE):
                    with self.change("practice.gifts", day) as (session, change):
                        self._gifts(session, drawn[part : part + AT_ONCE], day, change)
            self._refunds(end)
            with self.change("practice.shifts", end) as (session, change):
                record_shifts(session, [self._shift(one) for one in shifts[end]], within=change, on=end)
            with self.change("practice.night", end) as (session, change):
                refresh_figures(session, on=end)
                assign_all(session, within=change, on=end, cause="gift" if end == ends[0] else "time")

    def _days(self, drawn: list[DrawnGift], end: date) -> list[tuple[date, list[DrawnGift]]]:
        """The gifts of a month: all at its end, the latest ones on their own days, so that levels begin with them."""
        if (self.charity.on - end).days > DAY_BY_DAY:
            return [(end, drawn)]
        days: dict[date, list[DrawnGift]] = defaultdict(list)
        for gift in drawn:
            days[gift.on].append(gift)
        return sorted(days.items())

    def _gifts(self, session: Session, drawn: Sequence[DrawnGift], on: date, change: ChangeSet) -> None:
        made = record_gifts(session, [self._gift(one) for one in drawn], within=change, on=on, cause="gift")
        pairs = zip(made, drawn, strict=True)
        self.refunds += [(one.refunded_on, gift_id, one.cents) for gift_id, one in pairs if one.refunded_on is not None]

    def _refunds(self, end: date) -> None:
        """Gives back what was to be given back by the end of a month: never before its gift, nor ahead of its time."""
        due = [one for one in self.refunds if one[0] <= end]
        self.refunds = [one for one in self.refunds if one[0] > end]
        with transaction() as session:
            for day, gift_id, cents in due:
                wanted = AdjustmentInput(cents, day, "Sent twice by the bank")
                refund_gift(session, gift_id, wanted, act=self._act(end), on=end)

    def _gift(self, one: DrawnGift) -> GiftInput:
        return GiftInput(
            constituent_id=self.ids.people[one.giver],
            amount=one.cents,
            received_on=one.on,
            method=one.method,
            campaign_id=self.ids.campaigns.get(one.campaign or ""),
            appeal_id=self.ids.appeals.get(one.appeal or ""),
            hides_name=one.hides_name,
            splits=(SplitInput(self.ids.funds[one.fund], one.cents),),
            credits=tuple(CreditInput(self.ids.people[who], cents, role=role) for who, cents, role in one.soft),
        )

    def _shift(self, one: DrawnShift) -> ShiftInput:
        return ShiftInput(self.ids.people[one.person], one.on, one.minutes, self.ids.activities[one.activity])


def _month_ends(on: date) -> list[date]:
    """The last days of the lived months, oldest first, then of the latest weeks, and the day itself."""
    ends, day = [on - timedelta(days=7 * week) for week in range(on.day // 7, -1, -1)], on
    for _ in range(LIVED_MONTHS):
        day = day.replace(day=1) - timedelta(days=1)
        ends.insert(0, day)
    return ends


def _by_month(drawn: Sequence[Drawn], ends: Sequence[date]) -> dict[date, list[Drawn]]:
    found: dict[date, list[Drawn]] = defaultdict(list)
    for one in drawn:
        found[next(end for end in ends if one.on <= end)].append(one)
    return found
