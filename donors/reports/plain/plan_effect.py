"""The effect of plans, as files carry it."""

from donors.core.settings import Organization
from donors.reports.plain.values import Row, guarded, money, rate
from donors.reports.plan_effect import LEAST, Group, PlanEffect, StepLine

DEFINITION = (
    "Gave: a gift of their own after the day of the start, within the days. Held out: drawn by lot, without the plan. "
    "Difference: the share of those with the plan by lot less that of those held out, with the 95 % interval of "
    f"Newcombe; none below {LEAST} people in either group."
)


def effect_rows(found: PlanEffect, settings: Organization) -> list[Row]:
    """A row for each step, then one for those with the plan, for those of them by lot, for those held out, and one for
    the difference."""
    named = {"with the plan": found.treated, "with the plan by lot": found.by_lot, "held out": found.held_out}
    groups = [_group(name, group, settings) for name, group in named.items()]
    return [*map(_step, found.steps), *groups, _difference(found)]


EMPTY: Row = dict.fromkeys(
    (
        *("part", "name", "plans", "done", "skipped", "cancelled", "ahead", "reached", "on_time", "median_days_late"),
        *("people", "gave", "money", "share", "low", "high"),
    )
)


def _step(line: StepLine) -> Row:
    return EMPTY | {
        "part": f"step {line.position}",
        "name": guarded(line.subject),
        "plans": line.all,
        "done": line.done,
        "skipped": line.skipped,
        "cancelled": line.cancelled,
        "ahead": line.ahead,
        "reached": rate(line.reached),
        "on_time": rate(line.punctual),
        "median_days_late": line.late,
    }


def _group(name: str, group: Group, settings: Organization) -> Row:
    low, high = group.range or (None, None)
    told = {"people": group.people, "gave": group.gave, "money": money(group.money, settings)}
    return (
        EMPTY
        | {"part": "gave", "name": name}
        | told
        | {"share": rate(group.share), "low": rate(low), "high": rate(high)}
    )


def _difference(found: PlanEffect) -> Row:
    share, low, high = found.difference or (None, None, None)
    name = "difference" if found.difference else "difference: not enough data yet"
    return EMPTY | {"part": "gave", "name": name, "share": rate(share), "low": rate(low), "high": rate(high)}


def effect_document(found: PlanEffect, template: str, settings: Organization) -> Row:
    """The whole report."""
    asked = found.asked
    return {
        "report": "plans",
        "definition": DEFINITION,
        "template": template,
        "since": asked.since.isoformat(),
        "as_of": asked.on.isoformat(),
        "days": asked.days,
        "plans": found.plans,
        "finished": found.finished,
        "stopped": found.stopped,
        "too_early": found.too_early,
        "rows": effect_rows(found, settings),
    }
