"""The pipeline that a new organization starts with, and those that it may add."""

from collections.abc import Mapping
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


MAJOR = tuple((name, kind, days) for (name, days), kind in zip(STAGES, KINDS, strict=True))
TEMPLATES: Mapping[str, Template] = {
    "major": Template(NAME, "Large gifts of living people, one officer to a prospect.", MAJOR),
    "planned": Template(
        "Planned gifts",
        "Bequests and other gifts by will: long talks, no ask date to press.",
        (
            ("Interest shown", "identification", 60),
            ("First talk", "qualification", 60),
            ("In conversation", "cultivation", 365),
            ("With their adviser", "solicitation", 180),
            ("Confirmed", "stewardship", None),
        ),
    ),
    "corporate": Template(
        "Corporate and foundation",
        "Grants: fit, a letter, a proposal by a deadline, reports.",
        (
            ("Research", "identification", 30),
            ("Fit confirmed", "qualification", 30),
            ("Talks with the program officer", "cultivation", 90),
            ("Proposal", "solicitation", 120),
            ("Reporting", "stewardship", 365),
        ),
    ),
    "mid-level": Template(
        "Mid-level",
        "Gifts between the annual fund and major gifts: many people, short ways.",
        (
            ("Welcome", "identification", 14),
            ("Cultivation", "cultivation", 60),
            ("Ask", "solicitation", 30),
            ("Thanks", "stewardship", 180),
        ),
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
