"""The page of a rollup, put together: what was typed, what it means, what it would do, where it is used."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import g, render_template, request

from donors.accounts.queries import users
from donors.core.db import Session
from donors.core.errors import Invalid
from donors.core.fields import FieldSet
from donors.core.formula.parse import FUNCTIONS, InvalidFormula
from donors.reports.uses import Use, uses
from donors.rollups.define import definition_of, has_room
from donors.rollups.definition import Definition, Returns, Source, ValueKind, counted_words, sources_of
from donors.rollups.families import FAMILIES, fields_by_source
from donors.rollups.models import RollupDefinition
from donors.rollups.queries import definitions
from donors.rollups.returned import returnable
from donors.rollups.targets import OF_MANY
from donors.rollups.versions import versions
from donors.rollups.words import sentences, under_headings
from donors.web.criteria.builder import PERIODS, offered, shown
from donors.web.criteria.tokens import write
from donors.web.owners import PLACES
from donors.web.session import viewer
from donors.web.settings import rollups_words as words
from donors.web.settings.rollups_editor import Editing, drafted, place_of
from donors.web.settings.rollups_list import SOURCES
from donors.web.settings.rollups_trial import chosen, tried, what_if
from donors.web.settings.tracks_editor import said

NOT_RECKONED = (ValueKind.GIFT, ValueKind.YEARS)
"""Kinds of figures that formulas cannot use."""


@dataclass(frozen=True)
class Wrong:
    """What is wrong with what was typed: field → words; for a formula the text before the place, there, and after."""

    fields: dict[str, str]
    fault: tuple[str, str, str] | None = None


RIGHT = Wrong({})
WORD = re.compile(r"\w+")
UNNAMED = "This figure"


def wrong_with(editing: Editing, error: Invalid) -> Wrong:
    """An error of the domain at its place in the form."""
    place = place_of(error, editing)
    if not isinstance(error, InvalidFormula):
        return Wrong({place: said(error)})
    text, at = editing.formula, error.at
    word = WORD.match(text, at)
    end = word.end() if word else at + 1
    return Wrong({place: said(error)}, (text[:at], text[at:end] or " ", text[end:]))


def named(editing: Editing) -> Editing:
    """The same with a name, so that it can be tried before it has one."""
    return editing if editing.label else replace(editing, label=UNNAMED)


def fields_of(session: Session, editing: Editing) -> FieldSet | None:
    """The fields of the rows that are chosen; none for a formula."""
    return None if editing.is_formula else fields_by_source(session)[Source(editing.source)]


def page(
    session: Session,
    editing: Editing,
    row: RollupDefinition | None,
    *,
    wrong: Wrong = RIGHT,
    trial: Sequence[str] = (),
) -> str:
    """The page. `trial`: `preview` tries it on three people, `what-if` on everybody."""
    editing = editing.fitted
    known, people = fields_of(session, editing), chosen(session, editing.whose, request.form, on=g.today)
    one = None if wrong.fields else _definition(session, editing, row, known)
    return render_template(
        "settings/rollup.html",
        editing=editing,
        row=row,
        wrong=wrong.fields,
        fault=wrong.fault,
        one=one,
        sentence=sentences(session, [one])[one.key] if one else "",
        people=people,
        tried=tried(session, one, people, on=g.today) if one and trial else None,
        rehearsed=what_if(session, one, on=g.today) if one and "what-if" in trial else None,
        **_tree(editing, known, judged="criteria" in wrong.fields),
        **_choices(session, editing),
        **_of(session, row),
    )


def _definition(
    session: Session, editing: Editing, row: RollupDefinition | None, known: FieldSet | None
) -> Definition | None:
    """The definition that is typed; none while it is not whole."""
    try:
        return definition_of(session, drafted(named(editing), known, g.organization), but=row.key if row else "")
    except Invalid:
        return None


def _tree(editing: Editing, known: FieldSet | None, *, judged: bool) -> dict[str, Any]:
    """The criteria: as a form where rows are counted, as tokens that wait where they are not."""
    if known is None:
        return {"tree": None, "tokens": [token for part in editing.criteria.parts for token in write(part)]}
    return {
        "tree": shown(editing.criteria, known, g.organization, judged=judged),
        "offered": offered(known.values()),
        "periods": PERIODS,
        "tokens": (),
    }


def _choices(session: Session, editing: Editing) -> dict[str, Any]:
    """What the selects of the form offer."""
    standing = {source for family in FAMILIES for source in family.sources} | {Source.FORMULA}
    everything = definitions(session, editing.whose.owner) if editing.is_formula else ()
    return {
        "words": words,
        "sources": {source: SOURCES[source] for source in sources_of(editing.whose) if source in standing},
        "of_many": editing.whose in OF_MANY,
        "stands": PLACES,
        "distinct": _fields(session, editing),
        "hidden_parts": [name for name in words.HIDEABLE if name not in editing.shown],
        "figures": under_headings(
            one for one in everything if one.key != editing.key and one.value_kind not in NOT_RECKONED
        ),
        "functions": FUNCTIONS,
        "room": has_room(session, editing.whose.owner),
        "writes": viewer().may("settings.write"),
    }


def _fields(session: Session, editing: Editing) -> dict[str, str]:
    """What can be counted among different values, or returned of the chosen row."""
    if editing.kept is not Returns.ROW:
        return {name: counted_words(Source(editing.source), name) for name in editing.counted}
    known = returnable(session, Source(editing.source))
    return {"": "Its number", **{name: field.label for name, field in known.items()}}


def _of(session: Session, row: RollupDefinition | None) -> dict[str, Any]:
    """What belongs to a rollup that is there: where it is used, and how it came to be what it is."""
    if row is None:
        return {"use": Use(), "versions": (), "who": {}}
    return {
        "use": uses(session).get(row.key, Use()),
        "versions": versions(session, row.key),
        "who": {line.user.id: line.user.name for line in users(session)},
    }
