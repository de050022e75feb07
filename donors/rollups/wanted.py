"""What a statement shall compute: definitions, with their criteria read and pinned to a day."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from donors.core.calendar import FiscalCalendar
from donors.core.criteria.parse import from_json
from donors.core.criteria.pin import pin
from donors.core.criteria.tree import Criteria
from donors.core.fields import FieldSet
from donors.core.settings import Organization
from donors.rollups.definition import Definition, Source

FieldSets = Mapping[Source, FieldSet]


@dataclass(frozen=True)
class Wanted:
    """Definitions that one statement computes. Equal ones make the same statement, whatever the fields' options.

    `criteria` holds the tree of each definition that has criteria, by key; `fields` the fields of each source's rows.
    """

    definitions: tuple[Definition, ...]
    criteria: tuple[tuple[str, Criteria], ...]
    fiscal: FiscalCalendar
    currency: str
    fields: FieldSets = field(compare=False, repr=False)

    def tree(self, one: Definition) -> Criteria | None:
        """The criteria of a definition; none where it takes all rows."""
        return dict(self.criteria).get(one.key)


def wanted(known: Iterable[Definition], fields: FieldSets, *, on: date, organization: Organization) -> Wanted:
    """Reads the criteria of the definitions as they stand on a day. Raises Invalid when a field is no longer there."""
    chosen = tuple(known)
    trees = tuple(
        (one.key, pin(read_criteria(one, fields, organization), on=on, fiscal=organization.fiscal))
        for one in chosen
        if one.criteria
    )
    return Wanted(chosen, trees, organization.fiscal, organization.currency, fields)


def read_criteria(one: Definition, fields: FieldSets, organization: Organization) -> Criteria:
    """The tree of a definition's stored criteria. Raises Invalid."""
    return from_json(json.loads(one.criteria), fields[one.source], organization)
