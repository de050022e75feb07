"""The addresses of the rights of persons."""

from flask import Flask

from donors.web.addresses import BOTH, GET, POST, part
from donors.web.rights import erase_views, file_views, request_views

ONE = "/<int:constituent_id>"
RULES = (
    ("", request_views.index, GET),
    (ONE, request_views.person_page, GET),
    (f"{ONE}/requests", request_views.take_request, POST),
    (f"{ONE}/requests/<int:person_request_id>", request_views.answer_page, BOTH),
    (f"{ONE}/follow/<what>", request_views.follow_page, BOTH),
    (f"{ONE}/lift/<what>", request_views.lift, POST),
    (f"{ONE}/file", file_views.file_page, GET),
    (f"{ONE}/file.json", file_views.file_data, GET),
    (f"{ONE}/erase", erase_views.erase_page, BOTH),
)

rights = part("rights", RULES)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(rights)
