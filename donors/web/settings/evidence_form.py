"""The form of one thing that a stage asks for: words, the records that prove it, and criteria over them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from flask import g

from donors.core.criteria.describe import describe
from donors.core.criteria.parse import from_json, to_json
from donors.core.db import Session
from donors.core.errors import Invalid
from donors.core.fields import REGISTRY, FieldSet
from donors.pipeline.evidence.define import EvidenceDraft
from donors.pipeline.evidence.models import Evidence
from donors.pipeline.evidence.queries import evidence_of
from donors.pipeline.evidence.sources import SOURCES
from donors.web.criteria.builder import Pairs, ShownGroup, acted, offered, shown, typed
from donors.web.criteria.tokens import Group, Line, criteria_of, stored
from donors.web.forms import number


@dataclass(frozen=True)
class Editing:
    """What stands in the form, as it was typed. `wrong`: field → what to put right."""

    name: str = ""
    source: str = ""
    at_least: str = "1"
    within_days: str = ""
    version: str = ""
    criteria: Group = field(default_factory=Group)
    wrong: dict[str, str] = field(default_factory=dict)

    def draft(self, session: Session) -> EvidenceDraft:
        """What it says. Raises Invalid."""
        criteria, known = None, fields_of(session, self.source)
        if known is not None and self.criteria.parts:
            criteria = to_json(criteria_of(self.criteria, known, g.organization), known, g.organization)
        at_least = number(self.at_least.strip() or "1")
        within = number(self.within_days.strip())
        if at_least is None:
            raise Invalid("at_least", self.at_least, "is not a number", "Say how many records it takes.")
        if self.within_days.strip() and within is None:
            raise Invalid("within_days", self.within_days, "is not a number", "Leave it empty for any time.")
        return EvidenceDraft(self.name, self.source, criteria, at_least, within)

    def tree(self, session: Session) -> ShownGroup | None:
        """The criteria for the page; none where no records are asked."""
        known = fields_of(session, self.source)
        if known is None:
            return None
        root = self.criteria if self.criteria.parts else Group(self.criteria.join, (Line(),))
        return shown(root, known, g.organization, judged=bool(self.wrong))

    def offered(self, session: Session) -> list[tuple[str, list[object]]]:
        """The fields of the source under headings."""
        known = fields_of(session, self.source)
        return [] if known is None else [(head, list(each)) for head, each in offered(known.values())]


def fields_of(session: Session, source: str) -> FieldSet | None:
    """The fields of a source's records; none for what a person confirms."""
    return REGISTRY.fields(session, SOURCES[source].subject) if source in SOURCES else None


def written(row: Evidence | None) -> Editing:
    """What stands in the form of a thing that is asked for now."""
    if row is None:
        return Editing()
    within = "" if row.within_days is None else str(row.within_days)
    criteria = stored(row.criteria) if row.criteria else Group()
    return Editing(row.name, row.source, str(row.at_least), within, str(row.version), criteria)


def sent(values: dict[str, str], pairs: Pairs) -> Editing:
    """What a form sent; a button of the criteria is obeyed."""
    return Editing(
        values.get("name", ""),
        values.get("source", ""),
        values.get("at_least", ""),
        values.get("within_days", ""),
        values.get("version", ""),
        acted(typed(pairs), values.get("act", "")),
    )


def refused(editing: Editing, error: Invalid) -> Editing:
    """The form with what is wrong with it."""
    place = error.field if error.field in ("name", "source", "at_least", "within_days") else "criteria"
    said = f"{error.problem[:1].upper()}{error.problem[1:]}. {error.remedy}" if place == error.field else error.message
    return replace(editing, wrong={place: said.strip()})


def sentences(session: Session, stage_id: int) -> dict[int, str]:
    """Evidence id → in words what proves each thing that a stage asks for."""
    return {row.id: _sentence(session, row) for row in evidence_of(session, [stage_id]).get(stage_id, ())}


def _sentence(session: Session, row: Evidence) -> str:
    known = fields_of(session, row.source)
    if known is None:
        return "A person confirms it."
    often = "" if row.at_least == 1 else f", at least {row.at_least}"
    lately = "" if row.within_days is None else f", of the last {row.within_days} days"
    try:
        said = describe(from_json(row.criteria, known, g.organization), known, g.organization) if row.criteria else ""
    except Invalid as error:
        said = f"Its criteria cannot be read: {error.message}"
    return f"{SOURCES[row.source].label}{often}{lately}. {said}".strip()


def choices() -> Sequence[tuple[str, str]]:
    """The sources to choose from."""
    return [("", "None: a person confirms it"), *((key, source.label) for key, source in SOURCES.items())]
