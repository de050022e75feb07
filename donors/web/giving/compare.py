"""Two versions of a gift side by side: as it stands, and as somebody has typed it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import g

from donors.giving.fields import METHODS
from donors.giving.gift_input import GiftInput
from donors.giving.models import SOFT
from donors.giving.queries.gifts import Story
from donors.giving.queries.listing import Offered
from donors.web.filters import full_day, money
from donors.web.giving.draft import People, soft_of


@dataclass(frozen=True)
class Difference:
    """A value of a gift as it stands now, and as somebody wants it."""

    label: str
    now: str
    yours: str


def differences(found: Story, given: GiftInput, who: People, choices: Offered) -> list[Difference]:
    """Where the two say different things, in words."""
    names = {one.id: one.chosen[1] for one in who.credited if one.chosen}
    names |= {one.constituent_id: one.name or "Confidential" for one in found.credits}
    now, yours = _as_it_stands(found, names), _as_typed(found, given, names, choices)
    return [Difference(label, now[label], yours[label]) for label in now if now[label] != yours[label]]


def _as_it_stands(found: Story, names: Mapping[int | None, str]) -> dict[str, str]:
    own = found.gift
    return {
        "Amount": _sum(own.amount, own.currency),
        "Received on": full_day(own.received_on, locale=g.locale),
        "Method": METHODS.get(own.method, own.method),
        "Fund": _sums(((one.fund, one.amount) for one in found.splits), own.currency),
        "Campaign": found.campaign,
        "Appeal": found.appeal,
        "Soft credit": _sums(((names.get(one.to_id, "somebody"), one.amount) for one in soft_of(found)), own.currency),
        "Name hidden": "yes" if own.hides_name else "no",
        "Note": own.note,
    }


def _as_typed(found: Story, given: GiftInput, names: Mapping[int | None, str], choices: Offered) -> dict[str, str]:
    said = {word: {id_: name for id_, name, _ in rows} for word, rows in choices.items()}
    currency = given.currency or found.gift.currency
    soft = [one for one in given.credits if one.kind == SOFT]
    return {
        "Amount": _sum(given.amount, currency),
        "Received on": full_day(given.received_on, locale=g.locale),
        "Method": METHODS.get(given.method, given.method),
        "Fund": _sums(((said["fund"].get(one.fund_id, ""), one.amount) for one in given.splits), currency),
        "Campaign": said["campaign"].get(given.campaign_id or 0, ""),
        "Appeal": said["appeal"].get(given.appeal_id or 0, ""),
        "Soft credit": _sums(((names.get(one.constituent_id, "somebody"), one.amount) for one in soft), currency),
        "Name hidden": "yes" if given.hides_name else "no",
        "Note": given.note,
    }


def _sum(amount: int, currency: str) -> str:
    return money(amount, currency, locale=g.locale)


def _sums(parts: Iterable[tuple[str, int]], currency: str) -> str:
    return ", ".join(f"{name} {_sum(amount, currency)}" for name, amount in parts)
