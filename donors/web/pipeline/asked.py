"""What an address of the board or the list asks for."""

from dataclasses import dataclass

from flask import g, request

from donors.core.db import Session
from donors.pipeline.models import Pipeline
from donors.pipeline.queries.board import SORTS
from donors.pipeline.queries.portfolio import sizes
from donors.pipeline.queries.sieve import ONLY, Sieve
from donors.pipeline.queries.stages import pipeline
from donors.web.session import viewer

ALL, NOBODY = "all", "nobody"


@dataclass(frozen=True)
class Asked:
    """Which pipeline, whose prospects, narrowed how, in which order. `officer` is an id, `all` or `nobody`."""

    pipeline: Pipeline
    officer: str
    only: str
    sort: str
    stage_id: int | None
    page: int

    @property
    def sieve(self) -> Sieve:
        """The same for the queries."""
        who = {ALL: None, NOBODY: 0}
        officer_id = who[self.officer] if self.officer in who else int(self.officer)
        return Sieve(self.pipeline.id, officer_id, self.stage_id, only=self.only)

    @property
    def keep(self) -> dict[str, str | int]:
        """The arguments that lead here again."""
        found: dict[str, str | int] = {"pipeline": self.pipeline.id, "officer": self.officer}
        found |= {"only": self.only, "sort": self.sort}
        return {name: value for name, value in found.items() if value}


def asked(session: Session) -> Asked:
    """Reads the address; what makes no sense falls away. Raises NotFound for a pipeline that there is not."""
    only, sort = request.args.get("only", ""), request.args.get("sort", "longest")
    return Asked(
        pipeline(session, _number("pipeline")),
        _officer(session),
        only if only in ONLY else "",
        sort if sort in SORTS else "longest",
        _number("stage"),
        max(1, _number("page") or 1),
    )


def _officer(session: Session) -> str:
    """Whose prospects: the viewer's own unless another is named or the viewer is in charge of nobody."""
    named = request.args.get("officer", "")
    if named in (ALL, NOBODY) or _id(named):
        return named
    return str(viewer().id) if sizes(session, on=g.today).get(viewer().id) else ALL


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if _id(text) else None


def _id(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < len(text) < 18
