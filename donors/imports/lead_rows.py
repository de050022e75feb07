"""From the cells of a row to a lead. Pure: nothing is looked up. Raises Invalid with field, value and remedy."""

import re
from collections.abc import Callable

from donors.constituents.check import line
from donors.core.errors import Invalid
from donors.core.folding import fold
from donors.imports import values
from donors.leads.models import SOURCES
from donors.leads.new_lead import TEXTS, Agreed, NewLead, checked

Cell = Callable[[str], str]
"""Field → what its cell holds."""
CONSENTS = {"consent_email": "email", "consent_phone": "phone", "consent_post": "post"}
BETWEEN = re.compile(r"[;|\n]")
WORDS = {fold(words): key for key, words in SOURCES.items()} | {key: key for key in SOURCES}


def new_lead(cell: Cell, source: str) -> NewLead:
    """The lead of a row from a file of a source. A whole name without its parts is taken apart at its last blank."""
    told = {name: cell(name) for name in TEXTS}
    whole = line("name", cell("name"))
    if whole and not told["given_name"] and not told["family_name"]:
        told["given_name"], _, told["family_name"] = whole.rpartition(" ")
    new = NewLead(
        source=_source(cell("source")),
        **told,  # type: ignore[arg-type]  # all of them are text
        interests=tuple(one.strip() for one in BETWEEN.split(cell("interests"))),
        consents=tuple(_consents(cell, source)),
    )
    return checked(new)


def _source(text: str) -> str:
    if not text:
        return "list"
    found = WORDS.get(fold(text))
    if found is None:
        raise Invalid("source", text, "is not how leads come", f"Write one of: {', '.join(SOURCES.values())}.")
    return found


def _consents(cell: Cell, source: str) -> list[Agreed]:
    wording = cell("consent_wording") or f"As told in a file of {source}"
    told = {name: cell(name) for name in CONSENTS}
    return [Agreed(CONSENTS[name], wording, values.yes(text, name)) for name, text in told.items() if text]
