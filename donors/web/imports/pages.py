"""The addresses of imports."""

from flask import Flask

from donors.web.addresses import BOTH, GET, POST, part
from donors.web.imports import act_views, file_views, show_views

ONE = "/<int:import_id>"
RULES = (
    ("", file_views.index, GET),
    ("/new", file_views.new, BOTH),
    (ONE, show_views.one, GET),
    (f"{ONE}/result.csv", show_views.result, GET),
    (f"{ONE}/columns", file_views.columns, BOTH),
    (f"{ONE}/check", act_views.check, POST),
    (f"{ONE}/apply", act_views.apply, POST),
    (f"{ONE}/go-on", act_views.go_on, POST),
    (f"{ONE}/rows", act_views.decide_all, POST),
    (f"{ONE}/rows/<int:line>", act_views.decide, POST),
    (f"{ONE}/undo", act_views.undo, BOTH),
    (f"{ONE}/discard", act_views.discard, POST),
)

imports = part("imports", RULES)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(imports)
