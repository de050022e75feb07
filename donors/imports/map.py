"""Which column of a file tells which field: recognized, remembered, or said."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from donors.constituents.check import line
from donors.core.errors import Invalid
from donors.imports.fields import CONSTITUENTS, DEFAULTS, FIELDS, HOURS, LEADS, field_names, label_of, plain

Columns = dict[str, str]
"""Field → header."""
WHO = frozenset({"name", "given_name", "family_name", "organization", "email", "giver_external_id", "external_id"})
NAMED = frozenset({"name", "given_name", "family_name", "organization", "email", "phone"})


def recognized(kind: str, headers: Sequence[str]) -> Columns:
    """Field → header, for the headers that are usual for a field. Each header is used once."""
    free = {plain(header): header for header in reversed(headers)}
    found: Columns = {}
    for field in FIELDS[kind]:
        usual = next((name for name in field.headers if name in free), None)
        if usual is not None:
            found[field.name] = free.pop(usual)
    return found


def signature(kind: str, headers: Iterable[str]) -> str:
    """What files of the same kind and headers have in common, so that a mapping is remembered."""
    return hashlib.sha256("\0".join([kind, *(header.casefold() for header in headers)]).encode()).hexdigest()[:32]


def checked(kind: str, headers: Sequence[str], mapping: Mapping[str, str]) -> Columns:
    """A mapping without empty entries. Raises Invalid for unknown fields or headers, and for needed fields left out."""
    clean = {field: header for field, header in mapping.items() if header}
    for field, header in clean.items():
        if field not in field_names(kind):
            choices = ", ".join(field_names(kind))
            raise Invalid("column", field, f"is no field of {kind}", f"Choose one of: {choices}.")
        if header not in headers:
            raise Invalid(field, header, "is no header of the file", f"Its headers are: {', '.join(headers)}.")
    _refuse_twice(clean)
    missing = next((field for field in FIELDS[kind] if field.needed and field.name not in clean), None)
    if missing is not None:
        raise Invalid(missing.name, "", f"has no column ({missing.label})", f"Say --column {missing.name}=HEADER.")
    if kind == HOURS and not {"hours", "minutes"} & set(clean):
        raise Invalid("hours", "", "has no column", "Say --column hours=HEADER.")
    if kind == LEADS and not NAMED & set(clean):
        raise Invalid("name", "", "has no column", "Say --column name=HEADER, or email, phone, organization.")
    if kind in {CONSTITUENTS, HOURS} and not WHO & set(clean):
        raise Invalid("name", "", "has no column", "Say --column name=HEADER, or given_name and family_name.")
    return clean


def _refuse_twice(mapping: Mapping[str, str]) -> None:
    first: dict[str, str] = {}
    for field, header in mapping.items():
        if header in first:
            raise Invalid(field, header, f"is already used for {first[header]}", "Use each column for one field.")
        first[header] = field


def said(kind: str, headers: Sequence[str], words: Iterable[str], known: Mapping[str, str]) -> Columns:
    """A mapping as the command line says it: `field=header`, over what is known already; an empty header drops."""
    mapping = dict(known)
    for word in words:
        field, sign, header = word.partition("=")
        if not sign or field not in field_names(kind):
            choices = ", ".join(field_names(kind))
            raise Invalid("--column", word, "is not field=header", f"Fields are: {choices}.")
        exact = next((own for own in headers if own == header or plain(own) == plain(header)), header)
        mapping = {other: column for other, column in mapping.items() if column != exact} | {field: exact}
    return mapping


def defaults_said(kind: str, words: Iterable[str]) -> dict[str, str]:
    """What the command line says of all rows: `field=value`. Raises Invalid."""
    told: dict[str, str] = {}
    for word in words:
        field, sign, value = word.partition("=")
        if not sign or field not in DEFAULTS.get(kind, ()):
            choices = ", ".join(DEFAULTS.get(kind, ())) or "none for this kind of file"
            raise Invalid("--default", word, "is not field=value", f"Fields are: {choices}.")
        told[field] = line(field, value)
    return told


def columns_told(kind: str, headers: Iterable[str], mapping: Mapping[str, str]) -> list[tuple[str, str]]:
    """Header → what becomes of it, in the order of the file; empty words for those that are not kept."""
    fields = {header: field for field, header in mapping.items()}
    return [(header, label_of(kind, fields[header]) if header in fields else "") for header in headers]
