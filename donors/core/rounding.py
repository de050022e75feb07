"""Rounding to whole numbers, halves away from zero: the same in Python, SQLite and PostgreSQL, to the last bit."""

import math
from typing import Any

from sqlalchemy import Double
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

EXACT = 2.0**52
"""From here on every double is a whole number, and rounding leaves it alone."""


def half_away(value: float) -> float:
    """The nearest whole number; halves go away from zero."""
    return value if abs(value) >= EXACT else float(math.trunc(value + math.copysign(0.5, value)))


class HalfAway(FunctionElement[float]):
    """The SQL side of `half_away`; its argument is written and computed once."""

    type = Double()
    name = "half_away"
    inherit_cache = True


@compiles(HalfAway)
def _half_away(element: HalfAway, compiler: SQLCompiler, **options: Any) -> str:
    return _written_once("CAST({} AS INTEGER) * 1.0", compiler.process(element.clauses, **options))


@compiles(HalfAway, "postgresql")
def _half_away_postgresql(element: HalfAway, compiler: SQLCompiler, **options: Any) -> str:
    return _written_once("trunc({})", compiler.process(element.clauses, **options))


def _written_once(truncated: str, inner: str) -> str:
    whole = truncated.format("v + CASE WHEN v < 0 THEN -0.5 ELSE 0.5 END")
    chosen = f"CASE WHEN abs(v) >= {EXACT:.1f} THEN v ELSE {whole} END"
    return f"(SELECT {chosen} FROM (SELECT {inner} AS v) AS written_once)"  # noqa: S608 (SQL that SQLAlchemy made)
