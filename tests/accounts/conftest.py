"""The time of tests about the door."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from time_machine import Traveller

from tests.cast import Person

START = datetime(2026, 3, 9, 9, 0, 5, tzinfo=UTC)


@pytest.fixture
def clock(cast: dict[Person, int]) -> Iterator[Traveller]:
    """The time, standing still until it is moved."""
    with time_machine.travel(START, tick=False) as moved:
        yield moved
