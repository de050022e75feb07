"""Stages to be chosen from, with the pipelines that they belong to."""

from typing import Any

from donors.core.db import Session
from donors.pipeline.queries.stages import pipelines, stages
from donors.web.forms import option


def ladder_choices(session: Session) -> list[Any]:
    """The stages in use as choices; where there are several pipelines, each with the name of its own."""
    found = pipelines(session)
    return [
        option(stage.id, stage.name if len(found) == 1 else f"{one.name}: {stage.name}")
        for one in found
        for stage in stages(session, one.id)
    ]
