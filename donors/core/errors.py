"""One small tree of errors. Each says what happened and what to do; `web/errors.py` maps classes to status codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class HouseError(Exception):
    """Base of all errors that a person may be shown."""

    @property
    def message(self) -> str:
        """One sentence for the person in front of the page."""
        return str(self)


@dataclass
class NotFound(HouseError):
    """There is no such thing, or the viewer may not know that there is: both look the same from outside."""

    what: str
    key: object = None

    def __str__(self) -> str:
        return f"No {self.what} found" + ("" if self.key is None else f" for “{self.key}”") + "."


@dataclass
class Invalid(HouseError):
    """A value that cannot be taken: names the field, the value and the remedy."""

    field: str
    value: object
    problem: str
    remedy: str = ""

    def __str__(self) -> str:
        shown = "" if self.value in (None, "") else f" “{self.value}”"
        return f"{self.field}{shown}: {self.problem}." + (f" {self.remedy}" if self.remedy else "")


@dataclass
class NotAllowed(HouseError):
    """The viewer's role does not carry this permission."""

    permission: str

    def __str__(self) -> str:
        return f"Your role does not allow this ({self.permission})."


@dataclass
class Conflict(HouseError):
    """Somebody else changed the row since it was read. Carries both versions, so that nothing typed is lost.

    `current` and `given` map column names to values, for the columns that the caller wanted to change.
    """

    what: str
    current: Mapping[str, Any]
    given: Mapping[str, Any]

    def __str__(self) -> str:
        return f"This {self.what} was changed by somebody else in the meantime; compare both versions."


@dataclass
class Blocked(HouseError):
    """The act is sound but something stands in its way; `reasons` are sentences."""

    what: str
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.what}: " + " ".join(self.reasons)


@dataclass
class AlreadyDone(HouseError):
    """The request key was used before: the act was carried out once, as change set `change_set_id`."""

    change_set_id: int
    outcome: Mapping[str, Any]

    def __str__(self) -> str:
        return "This was already done once; it was not done again."
