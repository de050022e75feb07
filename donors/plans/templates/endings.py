"""Where a plan ends before its last step: outcomes after which nothing follows, in words."""

from collections.abc import Mapping, Sequence

from donors.plans.templates.drafts import Draft
from donors.plans.templates.graph import Way, all_ways, loose_ends


def endings(drafts: Sequence[Draft]) -> Mapping[int, str]:
    """Step by its position → “If declined, gave or skipped, the plan ends.”; steps without such outcomes are left out.

    The steps must not go round in a circle.
    """
    loose = loose_ends(drafts)
    if not loose or any(not 1 <= link.position <= len(drafts) for draft in drafts for link in draft.links):
        return {}
    ways = all_ways(drafts)
    return {
        position: f"If {_or(outcomes)}, {'the plan ends' if _all_hangs(position, drafts, ways) else 'nothing follows'}."
        for position, outcomes in loose
    }


def _all_hangs(position: int, drafts: Sequence[Draft], ways: Mapping[int, tuple[Way, ...]]) -> bool:
    """Whether no step that is still to come can come about unless this one ends as some step asks."""
    before = _before(position, drafts)
    later = (ways[place] for place in ways if place not in before)
    return all(any(asked == position for asked, _ in way) for found in later for way in found)


def _before(position: int, drafts: Sequence[Draft]) -> set[int]:
    """The step itself and all that it waits for, be it over others."""
    found, left = {position}, [position]
    while left:
        parents = {link.position for link in drafts[left.pop() - 1].links} - found
        found |= parents
        left += parents
    return found


def _or(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
