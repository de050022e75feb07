"""What columns are called when a person reads their file: where the name does not say it a word, else as in lists."""

from collections.abc import Mapping

from donors.constituents.fields import FIELDS as OF_CONSTITUENTS
from donors.giving.fields import FIELDS as OF_GIFTS
from donors.leads.fields import FIELDS as OF_LEADS
from donors.pipeline.asks.fields import FIELDS as OF_ASKS
from donors.pipeline.move_fields import FIELDS as OF_MOVES
from donors.research.fields import FIELDS as OF_RATINGS
from donors.volunteering.fields import FIELDS as OF_SHIFTS

FIELDS = (*OF_CONSTITUENTS, *OF_GIFTS, *OF_SHIFTS, *OF_MOVES, *OF_ASKS, *OF_RATINGS, *OF_LEADS)
OF_FIELDS: Mapping[tuple[str, str], str] = {
    (one.subject, one.name): one.label
    for one in FIELDS
    if getattr(one.column, "key", "") == one.name and not one.name.endswith("_id")
}

WORDS: Mapping[str, str] = {
    "acted_on": "Carried out on",
    "addressee": "On the envelope",
    "amount": "Amount",
    "anchors": "Days that it is counted from",
    "attempts": "Tries",
    "attempts_allowed": "Tries allowed",
    "base_amount": "In the organization’s currency",
    "by_lot": "Drawn by lot",
    "closed_as": "Left as",
    "computed": "Right would be",
    "copy": "Which time",
    "counts_from": "Counts from",
    "counts_to": "Counts until",
    "change_set_id": "Act",
    "created_in": "Written by act",
    "deadline_days": "Days to the deadline",
    "deleted_at": "Removed at",
    "external_id": "Number in the other system",
    "falls_on": "Would fall on",
    "falls_to_id": "Would fall to",
    "folded": "Address",
    "follows_id": "Follows number",
    "formal_salutation": "Formal salutation",
    "from_on": "From",
    "granted": "Agreed",
    "happening": "What had happened",
    "held_out": "Held out to compare",
    "high_id": "The other record",
    "html_body": "Text with its form",
    "id": "Row",
    "informal_salutation": "Friendly salutation",
    "is_final": "Came back for good",
    "is_for_team": "For the whole team",
    "is_substantive": "Counts as a move",
    "key": "Key of the program",
    "known_at": "As known at",
    "last_error": "Last trouble",
    "locked_until": "Being sent until",
    "low_id": "The one record",
    "measure": "Figure that it goes by, in its smallest unit",
    "media_type": "Kind of file",
    "next_try_at": "Next try at",
    "not_after": "Not sent after",
    "odds": "Odds in per cent",
    "old_id": "Old number",
    "original_due_on": "First due on",
    "other_id": "The other",
    "policy": "Rule of sending",
    "rate": "Rate of exchange",
    "rate_on": "Rate of the day",
    "reverse": "The other is their",
    "row_id": "Number of what shows it",
    "rule_id": "Rule",
    "run_id": "What followed",
    "said": "What was said",
    "shared": "Shared with others",
    "since": "Waits since",
    "size": "Size in bytes",
    "snoozed_on": "Put off on",
    "snoozed_until": "Put off until",
    "snoozed_why": "Put off because",
    "stored": "What was stored",
    "target": "Figure of",
    "text_body": "Text",
    "to_address": "Sent to",
    "to_on": "Until",
    "trouble": "What stood in the way",
    "until_on": "Holds until",
    "value": "Number there",
    "version_id": "Version of the template",
    "wording": "Words that were agreed to",
}
"""Columns whose name does not say by itself what they are, in whatever table."""


def label_of(table: str, column: str) -> str:
    """What a column of a table is called for people."""
    return WORDS.get(column) or OF_FIELDS.get((table, column)) or _plain(column)


def _plain(column: str) -> str:
    """A name that says what it is, without what marks the number of another row, and a yes or no."""
    return column.removeprefix("is_").removesuffix("_id").replace("_", " ").capitalize()
