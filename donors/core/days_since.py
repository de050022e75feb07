"""The number of a day in SQL: days between two calendar dates are the difference of two of these."""

from typing import Any

from sqlalchemy import Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from donors.core.db import EPOCH


class DaysSince(FunctionElement[int]):
    """Days from 1970-01-01 to a date column that is kept as a calendar date."""

    type = Integer()
    name = "days_since"
    inherit_cache = True


@compiles(DaysSince)
def _days_since(element: DaysSince, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(julianday({compiler.process(element.clauses, **options)}) - julianday('{EPOCH}') AS INTEGER)"


@compiles(DaysSince, "postgresql")
def _days_since_postgresql(element: DaysSince, compiler: SQLCompiler, **options: Any) -> str:
    return f"(({compiler.process(element.clauses, **options)}) - DATE '{EPOCH}')"
