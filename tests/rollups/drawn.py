"""Definitions of every kind, drawn from a seed."""

import json
from random import Random
from typing import Any

from donors.core.errors import Invalid
from donors.rollups.definition import (
    DISTINCT_OF,
    Definition,
    Operation,
    Source,
    allowed_returns,
    check_definition,
    value_kind_of,
)
from donors.rollups.frame import FISCAL, YearKind, parse_frame
from donors.rollups.targets import Target

FRAMES = [
    "all time",
    "fiscal year -0",
    "fiscal year -1",
    "calendar year -0",
    "calendar year -2",
    "club year from 10 -1",
    "last 2 fiscal years",
    "last 3 club years from 9",
    "last 365 days",
    "last 30 days",
    "last 1 months",
    "last 18 months",
    "since 2023-05-01",
    "2022-02-01 to 2024-03-15",
]
YEARS = [FISCAL, YearKind("calendar"), YearKind("club", 2), YearKind("club", 9)]
OF_GIFTS: list[Any] = [
    None,
    {"field": "method", "operator": "equals", "value": "Check"},
    {
        "any": [
            {"field": "campaign_id", "operator": "is empty"},
            {"field": "amount", "operator": "at least", "value": "25"},
        ]
    },
    {"not": {"field": "received_on", "operator": "equals", "value": "last 400 days"}},
    {"field": "received_on", "operator": "at least", "value": "3 months ago"},
]
OF_CREDITS: list[Any] = [
    *OF_GIFTS,
    {"field": "credit_role", "operator": "any of", "value": ["spouse", "matching"]},
    {"field": "funds", "operator": "all of", "value": [1, 2]},
    {"field": "funds", "operator": "is empty"},
]
CRITERIA: dict[Source, list[Any]] = {
    Source.HARD: OF_CREDITS,
    Source.SOFT: OF_CREDITS,
    Source.CREDIT: OF_CREDITS,
    Source.ALLOCATIONS: [*OF_GIFTS, {"field": "fund", "operator": "equals", "value": 1}],
    Source.MOVES: [
        None,
        {"field": "method", "operator": "any of", "value": ["call", "visit"]},
        {"field": "substantive", "operator": "equals", "value": "yes"},
    ],
    Source.SHIFTS: [None, {"field": "hours", "operator": "greater", "value": "2"}],
}


def definition(drawn: Random, place: int) -> Definition | None:
    """A definition; none where the parts that were drawn do not go together."""
    source = drawn.choice(list(CRITERIA))
    operation = drawn.choice([one for one in Operation if one is not Operation.FORMULA])
    returns = drawn.choice(sorted(allowed_returns(operation)))
    criteria = drawn.choice(CRITERIA[source])
    one = Definition(
        f"drawn_{place}",
        f"Drawn {place}",
        source,
        operation,
        returns,
        value_kind_of(source, operation, returns),
        frame=parse_frame(drawn.choice(FRAMES)),
        target=drawn.choice([Target.CONSTITUENT] * 5 + [Target.PERSON, Target.HOUSEHOLD]),
        criteria=json.dumps(criteria, sort_keys=True) if criteria else "",
        years=drawn.choice(YEARS),
        number=drawn.choice([1, 2, 5, 25, 90]),
        field=drawn.choice(list(DISTINCT_OF)),
    )
    try:
        check_definition(one)
    except Invalid:
        return None
    return one
