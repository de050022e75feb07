"""Reading of pipelines and stages."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from donors.core.errors import NotFound
from donors.pipeline.models import Pipeline, Stage


def pipelines(session: Session, *, retired: bool = False) -> Sequence[Pipeline]:
    """The pipelines in their order, those in use unless the retired ones are asked for too."""
    statement = select(Pipeline).order_by(Pipeline.position, Pipeline.id)
    return session.scalars(statement if retired else statement.where(Pipeline.is_active)).all()


def pipeline(session: Session, pipeline_id: int | None) -> Pipeline:
    """A pipeline; without an id the first one in use. Raises NotFound."""
    found = session.get(Pipeline, pipeline_id) if pipeline_id is not None else next(iter(pipelines(session)), None)
    if found is None:
        raise NotFound("pipeline", pipeline_id)
    return found


def stages(session: Session, pipeline_id: int, *, retired: bool = False) -> Sequence[Stage]:
    """The stages of a pipeline in their order, those in use unless the retired ones are asked for too."""
    statement = select(Stage).where(Stage.pipeline_id == pipeline_id).order_by(Stage.position, Stage.id)
    return session.scalars(statement if retired else statement.where(Stage.is_active)).all()


def stage_of(session: Session, stage_id: int) -> Stage:
    """A stage. Raises NotFound."""
    found = session.get(Stage, stage_id)
    if found is None:
        raise NotFound("stage", stage_id)
    return found


def first_stage(session: Session, pipeline_id: int) -> Stage:
    """The stage in which a pipeline begins. Raises NotFound."""
    found = next(iter(stages(session, pipeline_id)), None)
    if found is None:
        raise NotFound("stage of the pipeline", pipeline_id)
    return found
