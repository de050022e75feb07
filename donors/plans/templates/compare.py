"""What differs between two versions of a template, in words; steps are told apart by what they are called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from donors.plans.models import TemplateVersion
from donors.plans.templates.describe import NAMELESS, Names, facts
from donors.plans.templates.drafts import Draft, Link


@dataclass(frozen=True)
class Pairing:
    """Which step of the new version each step of the old one became, by positions from 1."""

    kept: Mapping[int, int]
    gone: tuple[int, ...]
    new: tuple[int, ...]


def pairing(old: Sequence[Draft], new: Sequence[Draft]) -> Pairing:
    """Steps of the same subject are the same, the first with the first; then those of one kind, place and time."""
    kept: dict[int, int] = {}
    for same in (_named, _placed):
        for place, draft in enumerate(old, start=1):
            if place in kept:
                continue
            taken = set(kept.values())
            there = (
                at for at, other in enumerate(new, start=1) if at not in taken and same((place, draft), (at, other))
            )
            found = next(there, None)
            if found is not None:
                kept[place] = found
    taken = set(kept.values())
    gone = tuple(place for place in range(1, len(old) + 1) if place not in kept)
    return Pairing(kept, gone, tuple(at for at in range(1, len(new) + 1) if at not in taken))


def _named(one: tuple[int, Draft], other: tuple[int, Draft]) -> bool:
    return one[1].subject.strip().casefold() == other[1].subject.strip().casefold()


def _placed(one: tuple[int, Draft], other: tuple[int, Draft]) -> bool:
    return one[0] == other[0] and _time(one[1]) == _time(other[1])


def _time(draft: Draft) -> tuple[str, str, int, str]:
    return draft.kind, draft.after, draft.days, draft.counts


def changes(old: Sequence[Draft], new: Sequence[Draft], names: Names = NAMELESS) -> tuple[str, ...]:
    """A sentence for each difference, in order of the new version; empty when nothing that matters differs."""
    pairs = pairing(old, new)
    back = {there: here for here, there in pairs.kept.items()}
    found: list[str] = []
    for at, draft in enumerate(new, start=1):
        if at in pairs.new:
            found.append(f"Step {at} “{draft.subject}” is new")
        else:
            found += _differences(_carried(old[back[at] - 1], pairs), draft, at, names)
    found += [f"“{old[place - 1].subject}” is gone" for place in pairs.gone]
    return tuple(found)


def _carried(draft: Draft, pairs: Pairing) -> Draft:
    """An old step with its links as they would be counted in the new version."""
    links = tuple(Link(pairs.kept[link.position], link.outcome) for link in draft.links if link.position in pairs.kept)
    return replace(draft, links=links)


def _differences(old: Draft, new: Draft, at: int, names: Names) -> list[str]:
    """One sentence, or none, for all that differs of a step."""
    before, after = facts(old, names), facts(new, names)
    said = [_said(key, before[key], words) for key, words in after.items() if before[key] != words]
    if old.criteria != new.criteria:
        said.append(
            "other criteria" if old.criteria and new.criteria else "criteria" if new.criteria else "no criteria"
        )
    return [f"Step {at} “{new.subject}”: {'; '.join(said)}"] if said else []


def _said(key: str, before: str, after: str) -> str:
    if key == "note":
        return "another note" if before and after else "a note added" if after else "no note any longer"
    return f"{after or 'nothing'} (was: {before or 'nothing'})"


def rule_changes(old: TemplateVersion, new: TemplateVersion) -> tuple[str, ...]:
    """A sentence for each rule of the whole version that differs."""
    before, after = _rules(old), _rules(new)
    return tuple(f"{said} (was: {before[key]})" for key, said in after.items() if said != before[key])


def _rules(version: TemplateVersion) -> dict[str, str]:
    moves = {"monday": "later", "friday": "earlier"}.get(version.reschedule, version.reschedule)
    days = f"closed days move to the working day {moves}" if version.skips_weekends else "dates may fall on closed days"
    spared = "some levels are spared" if version.spares_from_level_id is not None else "no level is spared"
    return {
        "days": days,
        "cooldown": f"{version.cooldown_days} days between starts",
        "held out": f"{version.held_out_percent}% held out",
        "spared": spared if version.held_out_percent else "nobody is held out",
    }
