"""What is worth a look before a plan starts for many: it would start, and some of it may not be wanted or possible."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from donors.constituents.models import Constituent, EmailAddress, Phone, PostalAddress
from donors.core.bulk import among
from donors.mail.decide import PURPOSES, Channel, may_reach
from donors.mail.facts import facts_of_many
from donors.plans.models import ONGOING, RunningPlan
from donors.plans.queries.templates import newest_version, steps_of
from donors.workflows.plan_preview import reach_of

PART = 5000
ANOTHER = "another"
ADDRESSES: Mapping[str, Any] = {"email": EmailAddress, "phone": Phone, "post": PostalAddress}
ABSENT = {"email": "no e-mail address", "phone": "no phone", "post": "no postal address"}
REFUSED = {"email": "not agreed to e-mail", "phone": "refused the phone", "post": "refused letters"}


@dataclass(frozen=True)
class Worth:
    """Some for whom something is worth a look. `have` goes on after “have”: “no phone for “Call””."""

    key: str
    have: str
    ids: tuple[int, ...]


def worth_a_look(session: Session, ids: Sequence[int], template_id: int, *, on: date) -> tuple[Worth, ...]:
    """What is worth a look of a start for these constituents; what concerns nobody is left out. Raises NotFound."""
    steps = steps_of(session, newest_version(session, template_id).id)
    reaches = [(step.subject, *reach) for step in steps if (reach := reach_of(session, step)) is not None]
    found = [Worth(ANOTHER, "another plan open", _with_another(session, ids, template_id))]
    for channel, (subject, consents) in _by_channel(reaches).items():
        found.append(Worth(channel, f"{ABSENT[channel]} for “{subject}”", _without(session, ids, channel)))
        refused = _refusing(session, ids, channel, consents=consents, on=on)
        found.append(Worth(f"no-{channel}", f"{REFUSED[channel]}: “{subject}”", refused))
    return tuple(one for one in found if one.ids)


def _by_channel(reaches: Sequence[tuple[str, Channel, str]]) -> dict[Channel, tuple[str, bool]]:
    """Channel → the first step that goes by it, and whether any that does needs consent."""
    found: dict[Channel, tuple[str, bool]] = {}
    for subject, channel, purpose in reaches:
        first, consents = found.get(channel, (subject, False))
        found[channel] = (first, consents or PURPOSES[purpose].consents)
    return found


def _with_another(session: Session, ids: Sequence[int], template_id: int) -> tuple[int, ...]:
    mine = among(session, RunningPlan.constituent_id, sorted(ids))
    others = select(RunningPlan.constituent_id).where(
        mine, RunningPlan.template_id != template_id, RunningPlan.state.in_(ONGOING)
    )
    return _ordered(ids, session.scalars(others))


def _without(session: Session, ids: Sequence[int], channel: Channel) -> tuple[int, ...]:
    """Those of whom no address of a channel is known."""
    table = ADDRESSES[channel]
    there: ColumnElement[bool] = (
        select(table.id).where(table.constituent_id == Constituent.id, table.is_active).exists()
    )
    return _ordered(
        ids, session.scalars(select(Constituent.id).where(among(session, Constituent.id, sorted(ids)), ~there))
    )


def _refusing(session: Session, ids: Sequence[int], channel: Channel, *, consents: bool, on: date) -> tuple[int, ...]:
    """Those whom the contact gate would refuse for what they said."""

    def barred(part: Sequence[int]) -> Iterator[int]:
        for one, facts in facts_of_many(session, part, on=on).items():
            if not may_reach(facts[channel], channel=channel, needs_consent=consents, needs_address=False).allowed:
                yield one

    return _ordered(ids, [one for first in range(0, len(ids), PART) for one in barred(ids[first : first + PART])])


def _ordered(ids: Sequence[int], found: Iterable[int]) -> tuple[int, ...]:
    some = set(found)
    return tuple(one for one in ids if one in some)
