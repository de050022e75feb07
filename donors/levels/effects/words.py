"""Effects in words: when they run, what they do, how often."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from donors.levels.effects.decide import (
    FALL,
    LEAVE,
    NOTICE,
    REACH,
    RISE,
    START,
    STOP,
)
from donors.levels.models import Effect

OF_LEVEL = {REACH: "On reaching {}", RISE: "On rising to {}", FALL: "On falling to {}", LEAVE: "On leaving {}"}
OF_TRACK = {
    REACH: "On reaching any level",
    RISE: "On rising to any level",
    FALL: "On falling, to any level or to none",
    LEAVE: "On leaving any level",
}
MEANT = {
    REACH: "comes to it from anywhere",
    RISE: "comes from below, or from no level",
    FALL: "comes from above",
    LEAVE: "goes from it to anywhere",
}
"""Occasion → when it is, in a phrase."""
DOES = {START: "Start a plan", STOP: "Stop plans of the level left", "task": "Make a task", NOTICE: "Tell somebody"}


@dataclass(frozen=True)
class Names:
    """The names of what effects name: levels, plan templates, users by their ids."""

    levels: Mapping[int, str] = field(default_factory=dict)
    plans: Mapping[int, str] = field(default_factory=dict)
    users: Mapping[int, str] = field(default_factory=dict)


def when(effect: Effect, names: Names) -> str:
    """`On rising to Patron`."""
    if effect.level_id is None:
        return OF_TRACK[effect.occasion]
    return OF_LEVEL[effect.occasion].format(names.levels.get(effect.level_id, "a level"))


def what(effect: Effect, names: Names) -> str:
    """`start the plan Welcome`."""
    if effect.act == START:
        return f"start the plan {names.plans.get(effect.template_id or 0, '?')}"
    if effect.act == STOP:
        return "stop the plans that the level left has started"
    people = [names.users.get(user_id, "somebody") for user_id in effect.users]
    if effect.act == NOTICE:
        told = [*(["the officer"] if effect.to_officer else []), *people]
        return f"tell {_listed(told)}" + (f": {effect.words}" if effect.words else "")
    stand_in = f" (or {people[0]})" if people else ""
    due = "due the same day" if not effect.days else f"due after {effect.days} day{'s' if effect.days > 1 else ''}"
    return f"a task for the officer{stand_in}: {effect.words}, {due}"


def how_often(effect: Effect) -> str:
    """`once for each`; empty where it runs each time."""
    if effect.once:
        return "once for each"
    days = effect.cool_down
    return f"not again within {days} day{'s' if days > 1 else ''}" if days else ""


def sentence(effect: Effect, names: Names) -> str:
    """All of it: `On rising to Patron: start the plan Welcome, once for each`."""
    often = how_often(effect)
    return f"{when(effect, names)}: {what(effect, names)}" + (f", {often}" if often else "")


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
