"""Stages to be chosen from, under the pipelines that they belong to."""

from typing import Any

from donors.core.db import Session
from donors.pipeline.queries.stages import pipelines, stages
from donors.web.forms import option


def ladder_choices(session: Session) -> Any:
    """The stages in use as choices: a plain list of one pipeline's, or the name of each pipeline → its stages."""
    found = {
        one.name: [option(stage.id, stage.name) for stage in stages(session, one.id)] for one in pipelines(session)
    }
    return next(iter(found.values()), []) if len(found) < 2 else found
