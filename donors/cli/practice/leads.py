"""Leads of the practice charity: some wait, some are late, some have come back, some were converted and gave."""

import tomllib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from donors.accounts.visible import EVERYTHING
from donors.cli.practice.ids import Ids
from donors.cli.practice.story import Charity
from donors.constituents.models import PERSON
from donors.core.changes import ChangeSet
from donors.core.db import Session
from donors.giving.gift_input import GiftInput
from donors.leads.attempt import log_attempt
from donors.leads.new_lead import Agreed, NewLead
from donors.leads.receive import receive
from donors.leads.steer import disqualify_leads, follow_up_leads, set_fits
from donors.leads.terms import Closing, Fits, Try
from donors.pipeline.asks.decide import Terms
from donors.pipeline.queries.stages import pipeline
from donors.research.rate import CAPACITY, Judged
from donors.workflows.convert_lead import convert_leads
from donors.workflows.converting.wanted import Affiliation, Conversion, Home, Member, Onward
from donors.workflows.gifts import record_gifts
from donors.workflows.ratings import rate
from donors.workflows.refresh import refresh_constituents

Change = Callable[..., AbstractContextManager[tuple[Session, ChangeSet]]]
Told = dict[str, Any]
LEADS: tuple[Told, ...] = tuple(tomllib.loads((Path(__file__).parent / "leads.toml").read_text("utf-8"))["lead"])
PLAIN = ("email", "phone", "city", "postal_code", "organization", "message", "source_note", "introduced_by")
WORDING = "Yes, Rivermouth Arts & Learning may reach me this way about its work. I can take this back at any time."
ANSWER_HOURS = 24
SCREENED, SUMS = 24, (25_000_00, 100_000_00, 250_000_00)


@dataclass
class _Loading:
    """The leads by name and the constituents that they became, as they are written."""

    charity: Charity
    ids: Ids
    change: Change
    leads: dict[str, int] = field(default_factory=dict)
    became: dict[str, int] = field(default_factory=dict)

    def at(self, days: float) -> datetime:
        """Noon so many days ago."""
        return datetime.combine(self.charity.on, time(12), UTC) - timedelta(days=days)

    def known(self, name: str) -> int | None:
        """Somebody of the charity, or somebody whom a lead became."""
        names = [f"{one.given_name} {one.family_name}" for one in self.charity.people]
        return self.became.get(name) or (self.ids.people[names.index(name)] if name in names else None)


def load_leads(charity: Charity, ids: Ids, change: Change) -> None:
    """Writes the leads, the oldest first, with all that came of each."""
    _screen(charity, ids, change)
    loading = _Loading(charity, ids, change)
    for told in sorted(LEADS, key=lambda one: -one["days"]):
        if "with" not in told.get("converted", {}):
            _load(loading, told)
    with change("practice.leads") as (session, within):
        refresh_constituents(session, loading.became.values(), within=within, on=charity.on, cause="details")


def _screen(charity: Charity, ids: Ids, change: Change) -> None:
    """A screening found capacity in some whom nobody has in hand: the rules of suggestion find them."""
    prospects = {prospect.person for prospect in charity.prospects}
    free = [place for place, one in enumerate(charity.people) if one.kind == PERSON and place not in prospects]
    with change("practice.leads") as (session, within):
        for number, place in enumerate(free[:: max(1, len(free) // SCREENED)][:SCREENED]):
            capable = Judged(CAPACITY, charity.on - timedelta(days=20), "Wealth screening", amount=SUMS[number % 3])
            rate(session, ids.people[place], capable, within=within)


def _load(loading: _Loading, told: Told) -> None:
    for one in (told, *(other for other in LEADS if other.get("converted", {}).get("with") == told["name"])):
        _receive(loading, one)
        if "tries" in one or "fits" in one:
            _work(loading, one)
    if "closed" in told:
        _close(loading, told)
    if "converted" in told:
        _convert(loading, told)


def _receive(loading: _Loading, told: Told) -> None:
    given, _, family = told["name"].rpartition(" ")
    at = loading.at(told["days"])
    with loading.change("practice.lead", at.date()) as (session, within):
        new = NewLead(
            source=told.get("source", "web_form"),
            given_name=given,
            family_name=family,
            interests=tuple(told.get("interests", ())),
            consents=tuple(Agreed(channel, WORDING) for channel in told.get("agrees", ())),
            introducer_id=loading.known(told.get("introducer", "")),
            owner_id=loading.ids.staff.get(told.get("owner", "")),
            answer_hours=ANSWER_HOURS,
            **{name: told[name] for name in PLAIN if name in told},
        )
        loading.leads[told["name"]] = receive(session, new, within=within, at=at, on=at.date()).id


def _work(loading: _Loading, told: Told) -> None:
    lead_id, owner = loading.leads[told["name"]], loading.ids.staff[told["owner"]]
    for days, method, outcome, note in told.get("tries", ()):
        at = loading.at(days)
        with loading.change("practice.lead", at.date()) as (session, within):
            within.by_id = owner
            log_attempt(session, lead_id, Try(at, method, outcome, note), on=at.date(), within=within)
    with loading.change("practice.lead") as (session, within):
        within.by_id, on = owner, loading.charity.on
        if "fits" in told:
            scores = [None if score < 0 else score for score in told["fits"]]
            set_fits(session, lead_id, Fits(*scores), on=on, within=within)
        if "follow_up" in told:
            day = on + timedelta(days=told["follow_up"])
            follow_up_leads(session, [lead_id], day, on=min(on, day), within=within)


def _close(loading: _Loading, told: Told) -> None:
    reason, words, days, back = told["closed"]
    day = loading.at(days).date()
    with loading.change("practice.lead", day) as (session, within):
        within.by_id = loading.ids.staff[told["owner"]]
        returns_on = loading.charity.on - timedelta(days=back) if back else None
        closing = Closing(day, reason, words, returns_on)
        disqualify_leads(session, [loading.leads[told["name"]]], closing, within=within)


def _convert(loading: _Loading, told: Told) -> None:
    wanted, name = told["converted"], told["name"]
    partners = [one["name"] for one in LEADS if one.get("converted", {}).get("with") == name]
    day, owner = loading.at(wanted["days"]).date(), loading.ids.staff[told["owner"]]
    with loading.change("practice.lead", day) as (session, within):
        within.by_id = owner
        everybody = frozenset(loading.ids.people)
        ask = Terms(wanted.get("ask"), "The Boathouse", expected_on=loading.charity.on + timedelta(days=90))
        body = Affiliation(name=told.get("organization", ""), role=wanted.get("role", ""), looked_at=everybody)
        asked = Conversion(
            tuple(Member((loading.leads[one],), looked_at=everybody) for one in (name, *partners)),
            Home() if partners else None,
            body if "role" in wanted else None,
            Onward(pipeline(session, None).id, officer_id=owner, ask=ask) if "ask" in wanted else None,
        )
        made = convert_leads(session, asked, sees=EVERYTHING, on=day, within=within)
        loading.became |= dict(zip((name, *partners), made.constituents, strict=True))
    if "gift" in wanted:
        on = loading.at(wanted["gift_days"]).date()
        with loading.change("practice.lead", on) as (session, within):
            record_gifts(session, [GiftInput(made.constituents[0], wanted["gift"], on)], within=within, on=on)
