"""The addresses of plans."""

from flask import Flask

from donors.web.addresses import BOTH, GET, POST, part
from donors.web.plans import (
    carry_views,
    chosen_views,
    editor_views,
    plan_act_views,
    plan_views,
    start_views,
    task_views,
    template_views,
    undo_views,
)

RULES = (
    ("", plan_views.index, GET),
    ("/start", start_views.start, BOTH),
    ("/<int:plan_id>", plan_views.plan_page, GET),
    ("/<int:plan_id>/pause", plan_act_views.pause, POST),
    ("/<int:plan_id>/resume", plan_act_views.resume, POST),
    ("/<int:plan_id>/shift", plan_act_views.shift, POST),
    ("/<int:plan_id>/stop", plan_act_views.stop, POST),
    ("/<int:plan_id>/restart", plan_act_views.restart, POST),
    ("/changes/<int:change_set_id>/undo", undo_views.undo, POST),
    ("/templates", template_views.templates_page, GET),
    ("/templates/new", editor_views.new_template, BOTH),
    ("/templates/<int:template_id>", template_views.template_page, GET),
    ("/templates/<int:template_id>/edit", editor_views.edit_template, BOTH),
    ("/templates/<int:template_id>/move", carry_views.carry_page, BOTH),
    ("/templates/<int:template_id>/active", template_views.set_template_active, POST),
    ("/tasks", task_views.tasks_page, GET),
    ("/tasks/new", task_views.new_task, BOTH),
    ("/tasks/chosen", chosen_views.choose_tasks, POST),
    ("/tasks/chosen/<act>", chosen_views.chosen_tasks, BOTH),
    ("/tasks/<int:task_id>", task_views.task_page, GET),
    ("/tasks/<int:task_id>/done", task_views.complete, POST),
    ("/tasks/<int:task_id>/skip", task_views.skip, POST),
    ("/tasks/<int:task_id>/reopen", task_views.reopen, POST),
    ("/tasks/<int:task_id>/snooze", task_views.put_off, POST),
    ("/tasks/<int:task_id>/take", task_views.take_it, POST),
    ("/tasks/<int:task_id>/again", plan_act_views.again, POST),
    ("/tasks/<int:task_id>/date", task_views.re_date, POST),
    ("/tasks/<int:task_id>/owner", task_views.hand_over, POST),
)

plans = part("plans", RULES)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(plans)
