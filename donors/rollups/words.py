"""What a figure means, as a sentence: its definition with its criteria."""

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from donors.core.criteria.describe import describe
from donors.core.errors import Invalid
from donors.core.settings import Organization, organization
from donors.rollups.definition import Definition, Source
from donors.rollups.families import fields_by_source
from donors.rollups.targets import Target
from donors.rollups.wanted import FieldSets, read_criteria

OF_WHOM = {
    Target.PERSON: ", of people only",
    Target.HOUSEHOLD: ", of households only",
    Target.ORGANIZATION: ", of organizations only",
    Target.FUND: ", for each fund",
    Target.CAMPAIGN: ", for each campaign",
    Target.PORTFOLIO: ", for each officer’s portfolio",
}
"""What a sentence adds where a figure is not of everybody."""


HEADINGS = {
    Source.HARD: "Gifts",
    Source.SOFT: "Soft credit",
    Source.CREDIT: "Hard or soft credit",
    Source.ALLOCATIONS: "Parts of gifts by fund",
    Source.SHIFTS: "Volunteering",
    Source.MOVES: "Moves",
    Source.FORMULA: "Formulas",
}
"""Under which heading figures of a source are offered."""


def under_headings(known: Iterable[Definition]) -> list[tuple[str, list[Definition]]]:
    """These definitions under their headings, in the order of the sources."""
    found: dict[str, list[Definition]] = {heading: [] for heading in HEADINGS.values()}
    for one in known:
        found[HEADINGS[one.source]].append(one)
    return [(heading, some) for heading, some in found.items() if some]


def sentences(session: Session, known: Sequence[Definition]) -> dict[str, str]:
    """The sentence of each of these definitions, by key."""
    fields = fields_by_source(session) if any(one.criteria for one in known) else {}
    here = organization(session)
    return {one.key: sentence(one, fields, here) for one in known}


def sentence(one: Definition, fields: FieldSets, here: Organization) -> str:
    """“Total of gifts by hard credit of all time, where Funds includes “Roof”.” Ends in a full stop."""
    said = f"{one.sentence}{OF_WHOM.get(one.target, '')}"
    if one.source is Source.FORMULA or not one.criteria:
        return f"{said}."
    return f"{said}, where {criteria_in_words(one, fields, here)}"


def criteria_in_words(one: Definition, fields: FieldSets, here: Organization) -> str:
    """The criteria of a definition, ending in a full stop; those that can no longer be read say so."""
    try:
        return describe(read_criteria(one, fields, here), fields[one.source], here)
    except Invalid as error:
        return f"(its criteria cannot be read: {error.message})"
