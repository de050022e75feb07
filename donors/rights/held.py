"""What is held about a person: one list, from (table, column) to how it is told and what an erasure does with it.

Rows of a table belong to a person by a column that holds their id, or the id of a row that is theirs. An erasure lets
rows go, empties their texts and leaves numbers and days, or leaves them as they are; each table that stays says why it
may. Every text of a table that stays is named, as one that is emptied or as a word of the program's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Table

from donors.core.db import Base
from donors.leads.new_lead import TEXTS

Fate = Literal["goes", "emptied", "stays"]
GOES: Fate = "goes"
EMPTIED: Fate = "emptied"
STAYS: Fate = "stays"
PERSON = "constituent"
ERASED = "Erased"
"""What stands in the place of a text that cannot be empty."""

BOOKS = "Books have to be kept: money, days and funds stay, as tax law and the law on charities ask."
FIGURES = (
    "Figures of the organization and of its staff that name nobody: statistics, on the ground of legitimate interest."
)
NUMBERS = "Numbers of records that say nothing by themselves: what stays has to hang on something."
PROOF = "Proof that a right was answered, and when: accountability."
"""Why rows may stay, in words for the person who asks."""


@dataclass(frozen=True)
class Held:
    """One column by which rows of a table are about a person.

    `of` is the table whose rows the column points at. `owns`: what points at these rows is the person's too. `fills`
    leads from a text that is emptied to what stands there afterwards, `keeps` names texts that stay, `hides` columns
    that are not told: digests, and what is about others.
    """

    table: str
    column: str
    title: str
    fate: Fate = GOES
    ground: str = ""
    of: str = PERSON
    owns: bool = True
    fills: Mapping[str, Any] = field(default_factory=dict)
    keeps: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()

    @property
    def rows(self) -> Table:
        """The table itself."""
        return Base.metadata.tables[self.table]


def _goes(table: str, title: str, column: str = "constituent_id", **more: Any) -> Held:
    return Held(table, column, title, **more)


def _emptied(table: str, title: str, fills: Mapping[str, Any], *keeps: str, **more: Any) -> Held:
    values = {"column": "constituent_id", "ground": FIGURES} | more
    return Held(table, title=title, fate=EMPTIED, fills=fills, keeps=keeps, **values)


def _stays(table: str, title: str, *keeps: str, **more: Any) -> Held:
    values = {"column": "constituent_id", "ground": FIGURES} | more
    return Held(table, title=title, fate=STAYS, keeps=keeps, **values)


def _blank(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "")


NAMES = _blank(
    "search_text",
    "title",
    "given_name",
    "middle_name",
    "family_name",
    "suffix",
    "nickname",
    "formal_salutation",
    "informal_salutation",
    "addressee",
    "note",
)
"""What is said of a constituent in words. `name` and `sort_name` become those of `erased_name`."""

LEAD = _blank(*TEXTS, "sort_name", "search_text", "email_key", "phone_key", "closed_reason")

HELD: tuple[Held, ...] = (
    _emptied(
        PERSON,
        "The record itself",
        NAMES | {"born_on": None, "deceased_on": None, "name": ERASED, "sort_name": ""},
        "kind",
        column="id",
        ground=NUMBERS,
    ),
    _goes("email_address", "E-mail addresses", hides=("folded",)),
    _goes("phone", "Telephone numbers", hides=("digits",)),
    _goes("postal_address", "Postal addresses"),
    _goes("consent", "What was said about being contacted"),
    _goes("external_id", "Numbers in other systems"),
    _goes("not_duplicate", "Others of whom it was said that they are not the same", "low_id", owns=False),
    _goes("not_duplicate", "The same, told from the other side", "high_id", owns=False),
    _goes("duplicate_pair", "Others who may be the same", "low_id", owns=False, hides=("reasons",)),
    _goes("duplicate_pair", "The same, told from the other side", "high_id", owns=False, hides=("reasons",)),
    _goes("search_word", "Words by which search finds them", hides=("backward",)),
    _emptied("person_request", "What they asked for by right", _blank("note"), "kind", "answer", ground=PROOF),
    _stays("household_membership", "Stays in households", "role", owns=False),
    _stays("household_membership", "Members of the household", "role", column="household_id", owns=False),
    _goes("relationship", "Relationships", owns=False),
    _goes("relationship", "Relationships, told from the other side", "other_id", owns=False),
    _stays("constituent_alias", "Numbers of records that were merged into this one", ground=NUMBERS, owns=False),
    _stays(
        "constituent_alias", "The record into which this one was merged", column="old_id", ground=NUMBERS, owns=False
    ),
    _emptied(
        "gift",
        "Gifts",
        _blank("note"),
        "currency",
        "rate",
        "method",
        "source",
        "external_id",
        "fingerprint",
        ground=BOOKS,
        hides=("fingerprint",),
    ),
    _stays("gift_split", "Gifts by fund", column="gift_id", of="gift", ground=BOOKS),
    _emptied(
        "gift_adjustment",
        "Refunds and corrections",
        _blank("reason"),
        "kind",
        column="gift_id",
        of="gift",
        ground=BOOKS,
    ),
    _stays("credit", "Credit for gifts", "kind", "role", ground=BOOKS),
    _emptied(
        "shift",
        "Hours of volunteer work",
        _blank("note"),
        "source",
        "external_id",
        "fingerprint",
        hides=("fingerprint",),
    ),
    _emptied("prospect", "Places in pipelines", _blank("closed_reason", "strategy", "snoozed_why"), "closed_as"),
    _emptied("stage_entry", "Changes of stage", _blank("why"), "how", column="prospect_id", of="prospect"),
    _emptied(
        "evidence_kept",
        "How a stage was earned",
        _blank("reason"),
        "how",
        "source",
        column="stage_entry_id",
        of="stage_entry",
    ),
    _emptied("hot_claim", "Claims that they would give", _blank("why"), column="prospect_id", of="prospect"),
    _emptied("opportunity", "Asks", _blank("purpose"), "status", "reason", column="prospect_id", of="prospect"),
    _emptied(
        "opportunity_entry",
        "What was said of asks",
        _blank("why"),
        "status",
        "reason",
        column="opportunity_id",
        of="opportunity",
    ),
    _stays("opportunity_gift", "Gifts that fulfilled asks", column="opportunity_id", of="opportunity"),
    _emptied(
        "proposal",
        "Proposals",
        {"file_name": "erased", "digest": "", "note": "", "reason": ""},
        "media_type",
        "state",
        column="opportunity_id",
        of="opportunity",
        hides=("digest",),
    ),
    _goes("proposal_file", "Documents of proposals", "proposal_id", of="proposal", hides=("content",)),
    _emptied("move", "Moves and call reports", {"purpose": ERASED, "report": ""}, "state", "method", "outcome"),
    _stays("presence", "Being there at moves", "name", owns=False),
    _emptied("presence", "Others who were there at their moves", {"name": ""}, column="move_id", of="move", owns=False),
    _goes("rating", "Ratings"),
    _emptied("assignment", "Who was in charge", _blank("reason"), "role"),
    _emptied("running_plan", "Engagement plans", {"anchors": {}, "ended_reason": ""}, "cause", "state"),
    _emptied(
        "task",
        "Tasks",
        {"subject": ERASED, "note": "", "outcome": "", "reason": "", "trouble": ""},
        "kind",
        "state",
        "result",
    ),
    _emptied(
        "outbox",
        "Mails to them",
        _blank("to_address", "subject", "text_body", "html_body", "last_error"),
        "key",
        "state",
        "policy",
        "purpose",
        ground=NUMBERS,
    ),
    _goes("bounce", "Mails that came back", "mail_id", of="outbox"),
    _goes("contact", "When they were reached out to"),
    _goes("contact_refusal", "When reaching out was refused"),
    _goes("sight_grant", "Who may see them"),
    _emptied("start_run", "Plans that events started", _blank("why"), "happening", "outcome"),
    _emptied("ruling", "Levels set by hand", {"reason": ERASED}, "kind"),
    _stays("standing", "Levels, with what brought them", "cause", "ended_by"),
    _emptied("level_effect_run", "What followed from levels", _blank("why"), "outcome"),
    _stays("level_notice", "Who was told of a level", column="run_id", of="level_effect_run"),
    _stays("rollup_value", "Figures", ground=BOOKS),
    _stays("past_value", "Figures of a past day", ground=BOOKS),
    _stays("rollup_fault", "Figures that were found wrong", "target", "key"),
    _stays("dirty", "Figures that wait to be refreshed", "reason"),
    _emptied(
        "lead",
        "How they came to us",
        LEAD | {"interests": [], "key": None},
        "status",
        "source",
        "reason",
        hides=("email_key", "phone_key"),
    ),
    _stays(
        "lead",
        "Leads whom they introduced",
        *LEAD,
        "interests",
        "status",
        "source",
        "key",
        "reason",
        column="introducer_id",
        owns=False,
        hides=(*LEAD, "interests"),
    ),
    _emptied("lead_entry", "What became of the lead", _blank("why"), "status", column="lead_id", of="lead"),
    _goes("lead_consent", "What the lead agreed to", "lead_id", of="lead"),
    _emptied(
        "lead_attempt", "Tries to reach the lead", _blank("note"), "method", "outcome", column="lead_id", of="lead"
    ),
)
"""Those that are pointed at stand before those that point."""


def erased_name(kind: str, constituent_id: int) -> str:
    """What an erased person is called, or a household that nobody is left of."""
    return f"Erased {kind} {constituent_id}"
