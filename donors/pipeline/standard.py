"""The pipeline that a new organization starts with, and those that it may add."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, insert
from donors.pipeline.evidence.standard import install_evidence
from donors.pipeline.models import KINDS, Pipeline, Stage
from donors.pipeline.stages import add_pipeline

NAME = "Major gifts"
STAGES = (
    ("Identification", 30),
    ("Qualification", 21),
    ("Cultivation", 180),
    ("Solicitation", 90),
    ("Stewardship", 365),
)
"""Stages and the days that one organization allows before a prospect is past due (a Raiser's Edge NXT site's
published limits). A starting point: every figure is a setting."""


@dataclass(frozen=True)
class Template:
    """A pipeline to begin with: its stages, each of a kind and with the days that it should need."""

    name: str
    about: str
    stages: tuple[tuple[str, str, int | None], ...]


def _as_in(kinds: Sequence[str], *stages: tuple[str, int | None]) -> tuple[tuple[str, str, int | None], ...]:
    return tuple((name, kind, days) for (name, days), kind in zip(stages, kinds, strict=True))


PLANNED = (("Interest shown", 60), ("First talk", 60), ("In conversation", 365), ("With their adviser", 180))
GRANTS = (("Research", 30), ("Fit confirmed", 30), ("Talks with the program officer", 90), ("Proposal", 120))
SHORT = (KINDS[0], *KINDS[2:])
MID_LEVEL = (("Welcome", 14), ("Cultivation", 60), ("Ask", 30), ("Thanks", 180))
TEMPLATES: Mapping[str, Template] = {
    "major": Template(NAME, "Large gifts of living people, one officer to a prospect.", _as_in(KINDS, *STAGES)),
    "planned": Template(
        "Planned gifts",
        "Bequests and other gifts by will: long talks, no ask date to press.",
        _as_in(KINDS, *PLANNED, ("Confirmed", None)),
    ),
    "corporate": Template(
        "Corporate and foundation",
        "Grants: fit, a letter, a proposal by a deadline, reports.",
        _as_in(KINDS, *GRANTS, ("Reporting", 365)),
    ),
    "mid-level": Template(
        "Mid-level",
        "Gifts between the annual fund and major gifts: many people, short ways.",
        _as_in(SHORT, *MID_LEVEL),
    ),
}
"""Key → a pipeline that an organization may add."""


def install_standard(session: Session, *, within: ChangeSet) -> Pipeline:
    """Makes the standard pipeline, or returns the one that has its name."""
    known = session.scalar(select(Pipeline).where(Pipeline.name == NAME))
    if known is not None:
        return known
    return _install(session, TEMPLATES["major"], NAME, within=within)


def add_from_template(session: Session, key: str, name: str, *, within: ChangeSet) -> Pipeline:
    """Adds a pipeline with the stages of a template and what these ask for; `name` empty: the template's own.

    Raises Invalid (name).
    """
    made = _install(session, TEMPLATES[key], name.strip() or TEMPLATES[key].name, within=within)
    for stage in session.scalars(select(Stage).where(Stage.pipeline_id == made.id).order_by(Stage.position)).all():
        install_evidence(session, stage, within=within)
    return made


def _install(session: Session, template: Template, name: str, *, within: ChangeSet) -> Pipeline:
    pipeline = add_pipeline(session, name, within=within)
    for position, (stage, kind, days) in enumerate(template.stages, start=1):
        row = Stage(pipeline_id=pipeline.id, name=stage, kind=kind, position=position, expected_days=days)
        insert(session, row, within=within)
    return pipeline
