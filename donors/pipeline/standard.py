"""The pipeline that a new organization starts with."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.changes import ChangeSet, insert
from donors.pipeline.models import Pipeline, Stage

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


def install_standard(session: Session, *, within: ChangeSet) -> Pipeline:
    """Makes the standard pipeline, or returns the one that has its name."""
    known = session.scalar(select(Pipeline).where(Pipeline.name == NAME))
    if known is not None:
        return known
    pipeline = insert(session, Pipeline(name=NAME), within=within)
    for position, (name, days) in enumerate(STAGES, start=1):
        stage = Stage(pipeline_id=pipeline.id, name=name, kind=name.lower(), position=position, expected_days=days)
        insert(session, stage, within=within)
    return pipeline
