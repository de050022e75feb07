"""Between the form of a gift and the gift: what was typed as a gift to be kept, and a gift as a form to be changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from babel.core import get_global
from flask import g

from donors.core.db import Session
from donors.core.errors import Invalid, NotFound
from donors.core.money import parse_money, to_decimal
from donors.giving.decide import Share, credit_shares
from donors.giving.gift_input import CreditInput, GiftInput, SplitInput
from donors.giving.models import HARD, SOFT
from donors.giving.queries.gifts import Story
from donors.web.choose import Choice, choice
from donors.web.forms import typed
from donors.web.giving.forms import GiftForm


@dataclass(frozen=True)
class People:
    """The people of a form: who gives, and who gets soft credit, one for each row."""

    giver: Choice
    credited: tuple[Choice, ...] = ()


def people(session: Session, form: GiftForm, values: Any, *, but: Story | None = None) -> People:
    """Reads the finders of a form. Raises NotFound for ids that the viewer may not see.

    Those whom the gift `but` counts for already stay as they are, seen or not.
    """
    giver = Choice((but.giver.id, but.giver.name), but.giver.name) if but else choice(session, values, "giver")
    kept = {one.constituent_id: one.name for one in but.credits} if but else {}
    return People(giver, tuple(_who(session, entry.form.who.name, values, kept) for entry in form.credits))


def _who(session: Session, name: str, values: Any, kept: dict[int, str]) -> Choice:
    try:
        return choice(session, values, name)
    except NotFound:
        text = values.get(name, "")
        if text.isdigit() and int(text) in kept:
            return Choice((int(text), "Confidential"), "Confidential")
        raise


def wanted(form: GiftForm, who: People) -> GiftInput:
    """The gift that a form describes. Raises Invalid, with the field of the form."""
    currency = typed(form.currency).strip().upper() or g.organization.currency
    if currency not in get_global("all_currencies"):
        raise Invalid("currency", currency, "is not a currency that we know", "Use its three letters, such as USD.")
    amount = parse_money(typed(form.amount), currency, field="amount")
    if who.giver.id is None or form.received_on.data is None:
        raise Invalid("giver", "", who.giver.problem if who.giver.said else "is missing", "")
    return GiftInput(
        constituent_id=who.giver.id,
        amount=amount,
        received_on=form.received_on.data,
        currency=currency,
        rate=typed(form.rate).strip() or None,
        rate_on=form.received_on.data if currency != g.organization.currency else None,
        method=typed(form.method),
        campaign_id=form.campaign.data,
        appeal_id=form.appeal.data,
        hides_name=bool(form.hides_name.data),
        note=typed(form.note).strip(),
        splits=_splits(form, amount, currency),
        credits=_credits(form, who, amount, currency),
    )


def _splits(form: GiftForm, amount: int, currency: str) -> tuple[SplitInput, ...]:
    """The parts by fund. One row may leave its part open: it gets what the others leave."""
    rows = [(entry.form.fund.data, typed(entry.form.amount).strip()) for entry in form.splits]
    if any(text and fund is None for fund, text in rows):
        raise Invalid("splits", "", "a part has no fund", "Choose the fund that it goes to.")
    parts = [(fund, parse_money(text, currency, field="splits") if text else None) for fund, text in rows if fund]
    open_ones = [fund for fund, part in parts if part is None]
    if len(open_ones) > 1:
        raise Invalid("splits", "", "more than one part has no amount", "Say how much goes to each fund.")
    rest = amount - sum(part for _, part in parts if part is not None)
    if open_ones and (rest < 0 or (rest == 0 and len(parts) > 1)):
        raise Invalid("splits", "", "the parts leave nothing for the last fund", "Let them add up to the gift.")
    return tuple(SplitInput(fund, rest if part is None else part) for fund, part in parts)


def _credits(form: GiftForm, who: People, amount: int, currency: str) -> tuple[CreditInput, ...]:
    """Soft credits; a row without an amount counts the whole gift."""
    found = []
    for entry, person in zip(form.credits, who.credited, strict=True):
        text = typed(entry.form.amount).strip()
        if not person.said and not text:
            continue
        if person.id is None:
            raise Invalid("credits", "", person.problem if person.said else "a soft credit has no name", "")
        part = parse_money(text, currency, field="credits") if text else amount
        found.append(CreditInput(person.id, part, SOFT, typed(entry.form.role).strip()))
    return tuple(found)


def kept(story: Story, given: GiftInput) -> GiftInput:
    """The same with what the form does not show: hard credits that are shared, rates and instants of the gift."""
    own = story.gift
    hard = [one for one in story.decided if one.kind == HARD]
    if [one.to_id for one in hard] != [own.constituent_id]:
        shares = credit_shares(hard, (given.amount, given.amount))
        again = tuple(CreditInput(one.to_id, one.amount, one.kind, one.role) for one in shares)
        given = replace(given, credits=(*again, *given.credits))
    same_worth = given.currency == own.currency and given.amount == own.amount and (given.rate or "1") == own.rate
    return replace(
        given,
        base_amount=own.base_amount if same_worth else None,
        rate_on=own.rate_on if same_worth else given.rate_on,
        received_at=own.received_at if given.received_on == own.received_on else None,
        from_file=own.amount < 0,
    )


def data_of(story: Story) -> dict[str, Any]:
    """A gift as its form shows it."""
    own = story.gift
    soft = soft_of(story)
    foreign = own.currency != g.organization.currency
    return {
        "amount": plain(own.amount, own.currency),
        "received_on": own.received_on,
        "method": own.method,
        "splits": [
            {"fund": one.fund_id, "amount": plain(one.amount, own.currency) if len(story.splits) > 1 else ""}
            for one in story.splits
        ],
        "campaign": own.campaign_id,
        "appeal": own.appeal_id,
        "credits": [{"who": one.to_id, "amount": plain(one.amount, own.currency), "role": one.role} for one in soft],
        "hides_name": own.hides_name,
        "note": own.note,
        "currency": own.currency if foreign else "",
        "rate": own.rate if foreign else "",
        "version": own.version,
    }


def soft_of(story: Story) -> Sequence[Share]:
    """The soft credits of a gift as they were meant for its own amount, before corrections."""
    shares = credit_shares(story.decided, (story.gift.amount, story.gift.base_amount))
    return [one for one in shares if one.kind == SOFT]


def plain(amount: int, currency: str) -> str:
    """A sum as people type it."""
    return f"{to_decimal(amount, currency):,f}"
