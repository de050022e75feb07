"""What a conversion of leads is to make: frozen records, as a page or a program asks for it."""

from dataclasses import dataclass, field
from typing import Literal

from donors.pipeline.asks.decide import Terms

AFFILIATIONS = {
    "employer": "Works for it",
    "organization served": "Sits on its board",
    "foundation": "Is a trustee of it",
    "organization": "Is its contact person",
}
"""What an organization is to a person (a kind of tie) → the same in words, said of the person."""


@dataclass(frozen=True)
class Called:
    """The name of a new constituent, as somebody has put it right."""

    title: str = ""
    given_name: str = ""
    family_name: str = ""


@dataclass(frozen=True)
class Member:
    """One constituent of a conversion: the leads that are this person or organization.

    `constituent_id` none: somebody new, `called` so, if the leads do not say it right. `looked_at` are the likely
    duplicates that were shown and are none. `place` is the one in the household; empty: by the order of the members.
    """

    lead_ids: tuple[int, ...]
    constituent_id: int | None = None
    called: Called | None = None
    looked_at: frozenset[int] = frozenset()
    place: str = ""


@dataclass(frozen=True)
class Home:
    """The household of all persons among the members; none: a new one."""

    household_id: int | None = None


@dataclass(frozen=True)
class Affiliation:
    """The organization of the members whose leads name it, or else of the first: what it is to them, in which role.

    Where leads name several, it is the one that is named like it, or else the first: one conversion ties to one
    organization.

    `organization_id` none: a new one with this name; `looked_at` are its likely duplicates that are none.
    """

    organization_id: int | None = None
    name: str = ""
    kind: str = "employer"
    role: str = ""
    looked_at: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Onward:
    """Into the pipeline in the same act: the first member or the organization, with an officer and a first ask.

    `claim` is why it enters the stage without what that asks for.
    """

    pipeline_id: int
    stage_id: int | None = None
    officer_id: int | None = None
    who: Literal["member", "organization"] = "member"
    ask: Terms | None = None
    claim: str = ""


@dataclass(frozen=True)
class Conversion:
    """All of it. Members in their order; the first is whom an ask is about."""

    members: tuple[Member, ...]
    home: Home | None = None
    affiliation: Affiliation | None = None
    onward: Onward | None = None


@dataclass(frozen=True)
class Converted:
    """What a conversion made: constituents in the order of the members, and what else; `notes` are sentences."""

    constituents: tuple[int, ...]
    household_id: int | None = None
    organization_id: int | None = None
    prospect_id: int | None = None
    opportunity_id: int | None = None
    notes: tuple[str, ...] = field(default=())
