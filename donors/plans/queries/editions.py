"""A version of a template as the rules need it, read once for many plans."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from donors.plans.dates import DateRule, Node
from donors.plans.models import Step
from donors.plans.queries.templates import nodes_of, rule_of, steps_of


@dataclass(frozen=True)
class Edition:
    """The steps of a version by id, in their order; the same as the rules see them; its date rule."""

    steps: Mapping[int, Step]
    nodes: tuple[Node, ...]
    rule: DateRule


def edition(session: Session, version_id: int) -> Edition:
    """One version. Raises NotFound."""
    steps = {step.id: step for step in steps_of(session, version_id)}
    return Edition(steps, nodes_of(session, version_id), rule_of(session, version_id))


def editions(session: Session, version_ids: Iterable[int]) -> dict[int, Edition]:
    """Several versions by id."""
    return {version_id: edition(session, version_id) for version_id in sorted(set(version_ids))}
