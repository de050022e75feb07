"""Defining rollups: what staff ask for, checked, and kept as a row that owns a slot. Edits are versions of the row."""

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, amend, insert
from donors.core.criteria.parse import from_json, to_json
from donors.core.criteria.tree import EVERYTHING
from donors.core.errors import Blocked, Invalid, NotFound
from donors.core.fields import REGISTRY
from donors.core.formula.tree import figures_used
from donors.core.settings import organization
from donors.rollups.definition import (
    NUMBERED,
    YEARLY,
    Definition,
    Operation,
    Returns,
    Source,
    ValueKind,
    allowed_returns,
    check_definition,
    value_kind_of,
)
from donors.rollups.families import family_of
from donors.rollups.formulas import FORMULA_KINDS, in_order, read_formula
from donors.rollups.frame import FISCAL, parse_frame, parse_year_kind
from donors.rollups.models import INDEXED, OF_MANY_SLOTS, SLOTS, RollupDefinition
from donors.rollups.queries import criteria_text, definitions
from donors.rollups.returned import check_returned
from donors.rollups.targets import Target

KEY = re.compile(r"[a-z][a-z0-9_]{0,62}")
LONGEST_LABEL = 80
Word = TypeVar("Word", Target, Source, Operation, Returns, ValueKind)


@dataclass(frozen=True)
class Draft:
    """A definition as forms and files give it: plain words and numbers.

    Empty `key`, `returns` and `value_kind` are chosen: a key from the label, the first thing that the operation can
    return, money for a formula. `criteria` is the stored form of a tree. `sorted_often` takes a slot with an index.
    """

    label: str
    source: str
    operation: str
    returns: str = ""
    frame: str = "all time"
    key: str = ""
    description: str = ""
    target: str = Target.CONSTITUENT
    criteria: dict[str, Any] | None = None
    years: str = "fiscal year"
    number: int = 0
    field: str = ""
    formula: str = ""
    value_kind: str = ""
    sorted_often: bool = False


def definition_of(session: Session, draft: Draft, *, but: str = "") -> Definition:
    """The definition that a draft makes, not kept yet; `but` is the key of the one that it replaces.

    Raises Invalid, naming field, value and remedy; InvalidFormula with the place.
    """
    one = _read(session, draft, but)
    check_definition(one)
    check_returned(session, one)
    if one.source is Source.FORMULA:
        others = [other for other in definitions(session, one.target.owner) if other.key != but]
        read_formula(one, others)
        in_order([*others, one])
    return one


def _read(session: Session, draft: Draft, but: str) -> Definition:
    source, operation = _word(Source, draft.source, "Source"), _word(Operation, draft.operation, "Operation")
    returns = _returns(draft, source, operation)
    label = draft.label.strip()
    if not 1 <= len(label) <= LONGEST_LABEL:
        raise Invalid("Name", label[:40], "has no letters" if not label else "is too long", "Use 1 to 80 letters.")
    return Definition(
        key=_key(session, draft.key or _slug(label), but),
        label=label,
        source=source,
        operation=operation,
        returns=returns,
        value_kind=_value_kind(draft, source, operation, returns),
        frame=parse_frame(draft.frame),
        description=draft.description.strip(),
        target=_word(Target, draft.target, "For whom"),
        criteria=_criteria(session, source, draft.criteria),
        years=parse_year_kind(draft.years) if operation in YEARLY else FISCAL,
        number=draft.number if operation in (*NUMBERED, Operation.FORMULA) else 0,
        field=draft.field if operation is Operation.DISTINCT or returns is Returns.ROW else "",
        formula=draft.formula.strip() if source is Source.FORMULA else "",
    )


def _word(kind: type[Word], value: str, name: str) -> Word:
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(one.value for one in kind)
        raise Invalid(name, value, "is not one of the choices", f"Choose one of: {known}.") from None


def _returns(draft: Draft, source: Source, operation: Operation) -> Returns:
    if draft.returns:
        return _word(Returns, draft.returns, "Returned value")
    allowed = allowed_returns(operation, source)
    return next(one for one in Returns if one in allowed)


def _value_kind(draft: Draft, source: Source, operation: Operation, returns: Returns) -> ValueKind:
    if source is not Source.FORMULA:
        return value_kind_of(source, operation, returns)
    kind = _word(ValueKind, draft.value_kind or ValueKind.MONEY, "Kept as")
    if kind not in FORMULA_KINDS:
        raise Invalid("Kept as", kind, "is nothing that a formula yields", f"Choose: {', '.join(FORMULA_KINDS)}.")
    return kind


def _slug(label: str) -> str:
    found = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:60]
    return f"figure_{found}".rstrip("_") if not found[:1].isalpha() else found


def _key(session: Session, key: str, but: str) -> str:
    if not KEY.fullmatch(key):
        raise Invalid("Key", key, "is not a key", "Use small letters, digits and underscores, a letter first.")
    if key != but and (key == "constituent_id" or key in _taken(session)):
        raise Invalid("Key", key, "is taken by another figure or field", "Choose another name or key.")
    return key


def _taken(session: Session) -> set[str]:
    return {*REGISTRY.fields(session, "constituent"), *session.scalars(select(RollupDefinition.key))}


def _criteria(session: Session, source: Source, given: dict[str, Any] | None) -> str:
    """The stored form, read and written again, so that it is always the same for the same tree."""
    if not given or source is Source.FORMULA:
        return ""
    fields, settings = family_of(source).fields(session), organization(session)
    tree = from_json(given, fields, settings)
    return "" if tree == EVERYTHING else json.dumps(to_json(tree, fields, settings), sort_keys=True)


def define(session: Session, draft: Draft, *, within: ChangeSet) -> RollupDefinition:
    """Keeps a new definition in a free slot. Its figures are to be computed. Raises Invalid."""
    one = definition_of(session, draft)
    last = session.scalar(select(func.max(RollupDefinition.position))) or 0
    slot = free_slot(taken_slots(session), one.target.owner, sorted_often=draft.sorted_often)
    return insert(
        session, RollupDefinition(**columns_of(one), key=one.key, slot=slot, position=last + 1), within=within
    )


def redefine(
    session: Session, key: str, draft: Draft, *, within: ChangeSet, expect: int | None = None
) -> RollupDefinition:
    """Changes a definition; the one before stays in the journal. The key stays. Raises Invalid, NotFound, Conflict."""
    row = row_of(session, key)
    one = definition_of(session, replace(draft, key=key), but=key)
    if one.target.owner is not Target(row.target).owner:
        remedy = "Make a new rollup, and switch this one off."
        raise Invalid("For whom", one.target, f"is another kind of owner than {row.target}", remedy)
    known = [other for other in definitions(session, one.target.owner) if other.key != key]
    for step in in_order([*known, one]):
        for formula in step:
            read_formula(formula, [*known, one])
    amend(session, row, within=within, expect=expect, **columns_of(one))
    return row


def set_active(
    session: Session, key: str, *, active: bool, within: ChangeSet, expect: int | None = None
) -> RollupDefinition:
    """Switches a definition on or off. Raises Blocked while a formula that is on names it, NotFound, Conflict."""
    row = row_of(session, key)
    known = definitions(session, Target(row.target).owner)
    users = [] if active else named_by(known, key)
    if users:
        raise Blocked(f"“{row.label}” stays on", tuple(f"The formula “{one.label}” names it." for one in users))
    amend(session, row, within=within, expect=expect, is_active=active)
    return row


def named_by(known: Iterable[Definition], key: str) -> list[Definition]:
    """The formulas that name a figure."""
    everything = tuple(known)
    formulas = [one for one in everything if one.source is Source.FORMULA]
    return [one for one in formulas if key in figures_used(read_formula(one, everything))]


def row_of(session: Session, key: str) -> RollupDefinition:
    """The definition with this key, also one that is off. Raises NotFound."""
    row = session.scalar(select(RollupDefinition).where(RollupDefinition.key == key))
    if row is None:
        raise NotFound("rollup", key)
    return row


def draft_of(row: RollupDefinition) -> Draft:
    """A definition as a form holds it."""
    stored = criteria_text(row.criteria)
    return Draft(
        label=row.label,
        source=row.source,
        operation=row.operation,
        returns=row.returns,
        frame=row.frame,
        key=row.key,
        description=row.description,
        target=row.target,
        criteria=json.loads(stored) if stored else None,
        years=row.years,
        number=row.number,
        field=row.field,
        formula=row.formula,
        value_kind=row.value_kind,
        sorted_often=row.slot in INDEXED,
    )


def columns_of(one: Definition) -> dict[str, Any]:
    """A definition as the columns of its row, but for key, slot and place."""
    return {
        "label": one.label,
        "description": one.description,
        "source": one.source.value,
        "operation": one.operation.value,
        "returns": one.returns.value,
        "frame": str(one.frame),
        "value_kind": one.value_kind.value,
        "target": one.target.value,
        "criteria": json.loads(one.criteria) if one.criteria else None,
        "years": str(one.years),
        "number": one.number,
        "field": one.field,
        "formula": one.formula,
    }


def places(owner: Target) -> tuple[int, int]:
    """The first and the last slot for figures of one kind of owner."""
    return (1, SLOTS) if owner is Target.CONSTITUENT else OF_MANY_SLOTS


def has_room(session: Session, owner: Target = Target.CONSTITUENT) -> int:
    """How many slots are free for figures of one kind of owner."""
    taken = select(func.count(RollupDefinition.id)).where(RollupDefinition.slot.between(*places(owner)))
    return SLOTS - (session.scalar(taken) or 0)


def taken_slots(session: Session) -> set[int]:
    """The slots that definitions have, on or off."""
    return set(session.scalars(select(RollupDefinition.slot)))


def free_slot(
    taken: Collection[int], owner: Target = Target.CONSTITUENT, *, sorted_often: bool = False, wish: int = 0
) -> int:
    """The wished slot if it is not taken, else the next free one; one with an index if lists sort by it often.

    Those who are few (`OF_MANY`) need no index. Raises Blocked where none is free.
    """
    if wish and wish not in taken:
        return wish
    first, last = places(owner)
    indexed = sorted_often and owner is Target.CONSTITUENT
    open_to_it = INDEXED if indexed else [slot for slot in range(first, last + 1) if slot not in INDEXED]
    found = next((slot for slot in open_to_it if slot not in taken), None)
    if found is None:
        kind = "with an index " if indexed else ""
        remedy = "Let another figure do without." if indexed else "Change one that nobody needs instead."
        raise Blocked("The figure cannot be kept", (f"All {len(open_to_it)} places {kind}are taken. {remedy}",))
    return found
