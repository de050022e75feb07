"""The addresses of plans."""

from flask import Flask

from donors.web.addresses import BOTH, GET, POST, part
from donors.web.plans import plan_views, task_views, template_views

RULES = (
    ("", plan_views.index, GET),
    ("/start", plan_views.start, BOTH),
    ("/<int:plan_id>", plan_views.plan_page, GET),
    ("/<int:plan_id>/stop", plan_views.stop, POST),
    ("/templates", template_views.templates_page, GET),
    ("/templates/new", template_views.new_template, BOTH),
    ("/templates/<int:template_id>", template_views.template_page, GET),
    ("/templates/<int:template_id>/edit", template_views.edit_template, BOTH),
    ("/templates/<int:template_id>/active", template_views.set_template_active, POST),
    ("/tasks", task_views.tasks_page, GET),
    ("/tasks/new", task_views.new_task, BOTH),
    ("/tasks/<int:task_id>", task_views.task_page, GET),
    ("/tasks/<int:task_id>/done", task_views.complete, POST),
    ("/tasks/<int:task_id>/skip", task_views.skip, POST),
    ("/tasks/<int:task_id>/reopen", task_views.reopen, POST),
    ("/tasks/<int:task_id>/date", task_views.re_date, POST),
    ("/tasks/<int:task_id>/owner", task_views.hand_over, POST),
)

plans = part("plans", RULES)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(plans)
