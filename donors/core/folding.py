"""Letters without regard to case, the same in Python, SQLite and PostgreSQL.

The rule is Python's `str.lower` with the final sigma made an ordinary one. SQLite gets it as the function `fold` that
every connection registers; PostgreSQL's `lower` under the ICU root collation gives the same for every code point that
both Unicode versions know (a test walks all of them). Accents stay, and so does ß, which `casefold` would turn into ss:
PostgreSQL has no function that follows it there. Text is compared as stored, and entry stores it in NFC. Folded text
sorts by code points on both.
"""

from typing import Any

from sqlalchemy import SQLColumnExpression, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


def fold(value: str) -> str:
    """The text in lower case, ς written as σ."""
    return value.lower().replace("ς", "σ")


def fold_or_none(value: Any) -> str | None:
    """What SQLite calls: NULL stays NULL, numbers are folded as their text."""
    return None if value is None else fold(str(value))


class Folded(FunctionElement[str]):
    """The SQL side of `fold`: `Folded(column) == fold(value)`."""

    type = Text()
    name = "fold"
    inherit_cache = True

    def __init__(self, column: SQLColumnExpression[Any]) -> None:
        super().__init__(column)


@compiles(Folded)
def _fold_by_function(element: Folded, compiler: SQLCompiler, **options: Any) -> str:
    """Plain ASCII, which most text is, without calling Python for each row."""
    inner = compiler.process(element.clauses, **options)
    return f"CASE WHEN ({inner}) GLOB '*[^ -~]*' THEN fold({inner}) ELSE lower({inner}) END"


@compiles(Folded, "postgresql")
def _fold_by_icu(element: Folded, compiler: SQLCompiler, **options: Any) -> str:
    """The same for PostgreSQL: in UTF-8, which our databases are in, only ASCII has a byte for each character."""
    inner = f"({compiler.process(element.clauses, **options)})"
    plain = f'lower({inner} COLLATE "C")'
    whole = f"""replace(lower({inner} COLLATE "und-x-icu"), 'ς', 'σ') COLLATE "C\""""
    return f"(CASE WHEN octet_length({inner}) = char_length({inner}) THEN {plain} ELSE {whole} END)"
