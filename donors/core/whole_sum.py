"""A sum of whole numbers that stays whole: PostgreSQL's own sum of 64-bit integers takes the long way by numeric."""

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class WholeSum(FunctionElement[int]):
    """The sum as a 64-bit integer; nothing of nothing. Past 63 bits both databases raise an error."""

    type = BigInteger()
    inherit_cache = True
    name = "whole_sum"


@compiles(WholeSum)
def _own(element: WholeSum, compiler: SQLCompiler, **options: Any) -> str:
    return f"sum({compiler.process(element.clauses, **options)})"


@compiles(WholeSum, "postgresql")
def _aggregate(element: WholeSum, compiler: SQLCompiler, **options: Any) -> str:
    """Made by a migration, of the addition of two such integers."""
    return f"whole_sum({compiler.process(element.clauses, **options)})"
