"""Soft credits: what should be, and the product's answer. Credits in other roles than the listed ones do not count."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from donors.constituents.models import HouseholdMembership
from donors.core.changes import insert
from donors.core.errors import Invalid
from donors.giving.gift_input import CreditInput, GiftInput
from donors.rollups.definition import Definition, Operation, Returns, Source, value_kind_of
from donors.rollups.queries import values_of
from donors.rollups.standard import install
from donors.workflows.gifts import add_gift
from tests.peer_cases import told
from tests.peer_cases.cases import REFUSED, Answer, Case, plain
from tests.peer_cases.product_rollups import World, world
from tests.peer_cases.quirks import Quirk, Quirks

Credit = tuple[str, str, Decimal]
"""To whom, as what, how much."""
DEFAULT_ROLES = ("Matched Donor", "Soft Credit", "Household Member")


def _roles(case: Case) -> tuple[str, ...]:
    return tuple(case.given.get("soft_credit_roles") or DEFAULT_ROLES)


def _who(case: Case) -> str:
    return str(case.rollup.get("who", "owner"))


def _of_household(case: Case) -> bool:
    return case.rollup.get("target") in ("account", "household")


def credits(case: Case, gift: told.Gift) -> list[Credit]:
    """The soft credits of a gift, in order; each person's partial ones instead of a whole one."""
    always = bool(case.given.get("always_roll_to_primary_contact"))
    primary_too = gift.get("account") == "organization" and not always
    whole, found = plain(gift["amount"]), []
    partial = gift.get("partial") or []
    named = [one for one in gift.get("roles") or [] if primary_too or not one.get("primary")]
    for who in dict.fromkeys(one["contact"] for one in (*named, *partial)):
        own = [(who, one["role"], plain(one["amount"])) for one in partial if one["contact"] == who]
        roles = [one["role"] for one in named if one["contact"] == who]
        listed = next((role for role in roles if role in _roles(case)), roles[0] if roles else "")
        found += own or [(who, listed, whole)]
    return found


def model(case: Case, quirks: Quirks) -> dict[str, Answer]:
    """Total and number of gifts by soft credit."""
    amounts: list[Decimal] = []
    for gift in told.gifts(case):
        if told.status(gift) == "won":
            found = _counted(case, gift, quirks)
            if found is REFUSED:
                return {"total": REFUSED, "count": REFUSED}
            amounts += found
    if not amounts and Quirk.NOTHING_IS_ZERO not in quirks:
        return {"total": None, "count": None}
    return {"total": sum(amounts, Decimal(0)), "count": len(amounts)}


def _counted(case: Case, gift: told.Gift, quirks: Quirks) -> Any:
    """What a gift counts for: nothing, one amount, or refused."""
    whole, every = plain(gift["amount"]), credits(case, gift)
    for who in {who for who, _, _ in every}:
        over = sum(amount for one, _, amount in every if one == who) > whole
        if over and not {Quirk.OVER_FULL, Quirk.FIRST_PARTIAL} & quirks:
            return REFUSED
    listed = [one for one in every if one[1] in _roles(case)]
    if _of_household(case):
        return _at_home(gift, listed, whole, quirks)
    own = [amount for who, _, amount in listed if who == _who(case)]
    if Quirk.FIRST_PARTIAL in quirks:
        own = own[:1]
    return [sum(own, Decimal(0))] if own else []


def _at_home(gift: told.Gift, listed: Sequence[Credit], whole: Decimal, quirks: Quirks) -> list[Decimal]:
    if not listed:
        return []
    if Quirk.HOME_TWICE in quirks:
        return [listed[0][2]]
    left = whole if gift.get("account") == "organization" else Decimal(0)
    return [min(sum((one[2] for one in listed), Decimal(0)), left)] if left else []


def answers(session: Session, case: Case) -> dict[str, Answer]:
    """The product's answers."""
    here = world(session, case)
    kept = {"total": _definition(case, Operation.TOTAL), "count": _definition(case, Operation.COUNT)}
    install(session, kept.values(), within=here.change)
    home = _household(here) if _of_household(case) else None
    try:
        for gift in told.gifts(case):
            if told.status(gift) == "won":
                _record(here, gift)
    except Invalid:
        return dict.fromkeys(kept, REFUSED)
    values = values_of(session, home or here.one(_who(case)))
    found = {name: values.get(one.key) for name, one in kept.items()}
    total = found["total"]
    return {**found, "total": Decimal(total) / 100 if isinstance(total, int) else total}


def _definition(case: Case, operation: Operation) -> Definition:
    criteria = {"field": "credit_role", "operator": "any of", "value": list(_roles(case))}
    kind = value_kind_of(Source.SOFT, operation, Returns.NUMBER)
    name = f"peer_{operation}"
    return Definition(name, name, Source.SOFT, operation, Returns.NUMBER, kind, criteria=json.dumps(criteria))


def _household(here: World) -> int:
    """Everybody whom the case names lives together."""
    home = here.one("household", "household")
    for gift in told.gifts(here.case):
        for who in dict.fromkeys(one["contact"] for one in (*gift.get("roles", ()), *gift.get("partial", ()))):
            if who not in here.people:
                stay = HouseholdMembership(household_id=home, constituent_id=here.one(who), recorded_at=here.change.at)
                insert(here.session, stay, within=here.change)
    return home


def _record(here: World, gift: Mapping[str, Any]) -> None:
    on = told.when_given(gift, here.case)
    assert on is not None
    contact = next((one["contact"] for one in gift.get("roles") or [] if one.get("primary")), "giver")
    home = here.one("organization", "organization") if gift.get("account") == "organization" else here.one(contact)
    parts = tuple(
        CreditInput(here.one(who), round(amount * 100), role=role) for who, role, amount in credits(here.case, gift)
    )
    wanted = GiftInput(home, round(plain(gift["amount"]) * 100), on, credits=parts)
    add_gift(here.session, wanted, within=here.change, on=here.case.today)
