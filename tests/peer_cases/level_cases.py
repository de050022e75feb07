"""Levels: what should be, and the product's answer. A record is somebody whose figures, level and history are given."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from donors.core.changes import insert
from donors.core.errors import Invalid
from donors.levels.assign import Because
from donors.levels.effects.decide import REACH, START
from donors.levels.models import Level, Standing, Track
from donors.levels.set_effects import EffectDraft, add_effect
from donors.levels.track import LevelDraft, TrackDraft, create_track, edit_track
from donors.plans.models import PlanTemplate, RunningPlan
from donors.plans.templates.drafts import Draft
from donors.plans.templates.template import TemplateDraft, create
from donors.rollups.models import rollup_value, slot_column
from donors.rollups.queries import definition
from donors.rollups.standard import install
from donors.rollups.standard import standard as standard_rollups
from donors.workflows.levels import assign_levels
from tests.peer_cases.cases import Answer, Case, NotUnderstood, plain
from tests.peer_cases.product_rollups import World, world
from tests.peer_cases.quirks import Quirk, Quirks

Told = Mapping[str, Any]
KEYS = {"total_gifts": "lifetime_total", "volunteer_hours": "volunteer_minutes"}
IN_ONE = {"total_gifts": 100, "volunteer_hours": 60}
"""A figure of a case → ours, and how many of our units are one of its."""


def is_one(case: Case) -> bool:
    """Whether a case is about levels."""
    return "ladder" in case.given or "save_levels" in case.when


def model(case: Case, quirks: Quirks) -> dict[str, Answer]:
    """As we decided."""
    if "save_levels" in case.when:
        return _judged(_active(case), case.when["save_levels"])
    if case.when.get("run") != "assign_levels":
        raise NotUnderstood(f"run {case.when}")
    if "nightly_amounts" in case.when:
        return {"steps": _nights(case, quirks)}
    record = case.given["record"]
    level, previous, plans = _after(case, record, record["values"], quirks)
    return {"level": level, "previous": previous, "changed": level != record["level"], "plans_created": plans}


def _active(case: Case) -> list[Told]:
    return [one for one in case.given["ladder"] if one.get("active", True)]


def _nights(case: Case, quirks: Quirks) -> list[dict[str, Any]]:
    record, steps, running = dict(case.given["record"]), [], set[str]()
    so_far = 0
    for amount in case.when["nightly_amounts"]:
        level, previous, plans = _after(case, record, {"total_gifts": amount}, quirks)
        started = [plan for plan in plans if plan not in running or Quirk.PLAN_EACH_TIME in quirks]
        running |= set(plans)
        so_far += len(started)
        record |= {"level": level, "previous": previous}
        steps.append({"total_gifts": amount, "level": level, "previous": previous, "plans_so_far": so_far})
    return steps


def _after(case: Case, record: Told, values: Told, quirks: Quirks) -> tuple[str | None, str | None, list[str]]:
    """Level, previous level and plans after an assignment."""
    known = _active(case)
    fitting = [one for one in known if _holds(one, values.get(one["source"]))]
    chosen = next(iter(fitting if Quirk.LOWEST_WINS in quirks else reversed(fitting)), None)
    level, before = chosen["name"] if chosen else None, record["level"]
    if level == before:
        return level, record["previous"], []
    lost = Quirk.PREVIOUS_OF_RETIRED in quirks and chosen is None and before not in {one["name"] for one in known}
    kept = Quirk.NO_PREVIOUS in quirks and chosen is not None and chosen.get("tracks_previous") is False
    previous = record["previous"] if lost or kept or (before is None and Quirk.NO_PREVIOUS not in quirks) else before
    return level, previous, [chosen["plan"]] if chosen is not None and "plan" in chosen else []


def _holds(level: Told, value: Any) -> bool:
    if value is None:
        return False
    return (level["min"] is None or value >= level["min"]) and (level["max"] is None or value < level["max"])


def _judged(ladder: Sequence[Told], new: Any) -> dict[str, Answer]:
    """Whether levels are taken, beside those that there are."""
    known = list(ladder)
    for one in new:
        why = _why_not(one, known)
        if why:
            return {"accepted": False, "reason": why, "on": one["name"]}
        known.append(one)
    return {"accepted": True}


def _why_not(one: Told, known: Sequence[Told]) -> str:
    low, high = one["min"], one["max"]
    if low is not None and high is not None and low >= high:
        return "min_not_below_max"
    if one["name"] in {other["name"] for other in known}:
        return "duplicate_name"
    least, most = Decimal("-Infinity"), Decimal("Infinity")
    spans = [(plain(each["min"]) if each["min"] is not None else least, plain(each["max"]) or most) for each in known]
    own = (plain(low) if low is not None else least, plain(high) if high is not None else most)
    return "overlap" if any(own[0] < end and start < own[1] for start, end in spans) else ""


def answers(session: Session, case: Case) -> dict[str, Answer]:
    """The product's answers."""
    here = world(session, case)
    install(session, standard_rollups(), within=here.change)
    session.execute(update(Track).values(is_active=False))
    if "save_levels" in case.when:
        return _saved(here)
    return Ladder(here).answers()


def _saved(here: World) -> dict[str, Answer]:
    new, ladder = here.case.when["save_levels"], _active(here.case)
    levels = [*ladder, *new]
    try:
        if here.case.given["ladder"]:
            track = create_track(here.session, _draft(here, here.case.given["ladder"]), within=here.change)
            edit_track(here.session, track.id, _draft(here, levels), within=here.change)
        else:
            create_track(here.session, _draft(here, levels), within=here.change)
    except Invalid as error:
        words = {"overlaps": "overlap", "is there twice": "duplicate_name", "not below": "min_not_below_max"}
        reason = next(code for word, code in words.items() if word in error.problem)
        return {"accepted": False, "reason": reason, "on": error.value}
    return {"accepted": True}


def _draft(here: World, levels: Sequence[Told]) -> TrackDraft:
    """A track over the first figure; levels over others ask for theirs by criteria, in the order of the case."""
    measure = levels[0]["source"]
    return TrackDraft("Peer", KEYS[measure], tuple(_level(here, one, measure) for one in levels))


def _level(here: World, one: Told, measure: str) -> LevelDraft:
    source = one["source"]
    low, high = (None if one[end] is None else round(one[end] * IN_ONE[source]) for end in ("min", "max"))
    if source == measure:
        return LevelDraft(one["name"], low, high)
    bounds = (("at least", one["min"]), ("less", one["max"]))
    asked = [{"field": KEYS[source], "operator": how, "value": str(end)} for how, end in bounds if end is not None]
    return LevelDraft(one["name"], None, criteria={"all": asked})


def _template(here: World, name: str) -> int:
    known = here.session.scalar(select(PlanTemplate.id).where(PlanTemplate.name == name))
    return known or create(here.session, TemplateDraft(name, (Draft("Call", 3),)), within=here.change).id


class Ladder:
    """A track with somebody on it."""

    def __init__(self, here: World) -> None:
        self.here, self.session, self.on = here, here.session, here.case.today - timedelta(100)
        levels = here.case.given["ladder"]
        track = create_track(self.session, _draft(here, levels), within=here.change)
        rows = self.session.execute(select(Level.name, Level.id).where(Level.track_id == track.id))
        self.ids = {name: id_ for name, id_ in rows}
        self.track, self.who = track.id, here.one("somebody")
        for one in levels:
            if "plan" in one:
                plan = EffectDraft(REACH, START, self.ids[one["name"]], _template(here, one["plan"]))
                add_effect(self.session, track.id, plan, within=here.change)
        self._stand(here.case.given["record"])
        if len(_active(here.case)) < len(levels):
            edit_track(self.session, track.id, _draft(here, _active(here.case)), within=here.change)
        figures = {"constituent_id": self.who, "computed_on": here.case.today}
        self.session.execute(rollup_value.insert().values(figures))

    def _stand(self, record: Told) -> None:
        """Puts somebody on the levels that they had and have."""
        for name, lasts in ((record["previous"], False), (record["level"], True)):
            if name is not None:
                self._insert(name, self.on, None if lasts else self.on + timedelta(1))
            self.on += timedelta(1)

    def _insert(self, name: str, begins: Any, ends: Any) -> None:
        row = Standing(
            constituent_id=self.who,
            track_id=self.track,
            level_id=self.ids.get(name) or next(iter(self.ids.values())),
            from_on=begins,
            to_on=ends,
            recorded_at=self.here.change.at,
            cause="import",
            rule_version=1,
        )
        insert(self.session, row, within=self.here.change)

    def answers(self) -> dict[str, Answer]:
        """The level after each night."""
        case = self.here.case
        if "nightly_amounts" in case.when:
            amounts = case.when["nightly_amounts"]
            return {"steps": [{"total_gifts": one, **self._night({"total_gifts": one})} for one in amounts]}
        told = self._night(case.given["record"]["values"])
        plans = self.session.scalars(select(PlanTemplate.name).join(RunningPlan)).all()
        changed = told["level"] != case.given["record"]["level"]
        return {"level": told["level"], "previous": told["previous"], "changed": changed, "plans_created": list(plans)}

    def _night(self, values: Told) -> dict[str, Any]:
        self.on += timedelta(1)
        for name, value in values.items():
            slot = slot_column(definition(self.session, KEYS[name]).slot)
            self.session.execute(rollup_value.update().values({slot: round(value * IN_ONE[name])}))
        assign_levels(self.session, [self.who], because=Because("time", self.on), within=self.here.change)
        self.session.flush()
        names = {id_: name for name, id_ in self.ids.items()}
        found = select(Standing).where(Standing.constituent_id == self.who).order_by(Standing.from_on, Standing.id)
        past = self.session.scalars(found).all()
        now = past[-1] if past and past[-1].to_on is None else None
        before = past[: -1 if now else None]
        plans = self.session.scalars(select(RunningPlan.id)).all()
        return {
            "level": names[now.level_id] if now else None,
            "previous": names[before[-1].level_id] if before else None,
            "plans_so_far": len(plans),
        }
