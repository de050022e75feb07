"""The addresses of leads."""

from flask import Flask

from donors.web.addresses import BOTH, GET, POST, Rule, part
from donors.web.leads import chosen_views, convert_views, lead_views, new_views, queue_views, suggested_views

RULES: tuple[Rule, ...] = (
    ("", queue_views.index, GET),
    ("/new", new_views.new, BOTH),
    ("/filter", queue_views.filter_page, GET),
    ("/choose", queue_views.choose, POST),
    ("/chosen/owner", chosen_views.chosen_owner, BOTH),
    ("/chosen/follow-up", chosen_views.chosen_follow_up, BOTH),
    ("/chosen/disqualify", chosen_views.chosen_disqualify, BOTH),
    ("/suggested", suggested_views.suggested_page, GET),
    ("/suggested/choose", suggested_views.choose_suggested, POST),
    ("/suggested/not-now", suggested_views.not_now, BOTH),
    ("/convert", convert_views.convert, BOTH),
    ("/undo/<int:change_set_id>", lead_views.undo, POST),
    ("/<int:lead_id>", lead_views.lead_page, GET),
    ("/<int:lead_id>/try", lead_views.try_it, POST),
    ("/<int:lead_id>/follow-up", lead_views.follow_up, POST),
    ("/<int:lead_id>/owner", lead_views.give_it, POST),
    ("/<int:lead_id>/fit", lead_views.fit, POST),
    ("/<int:lead_id>/disqualify", lead_views.disqualify, POST),
    ("/<int:lead_id>/reopen", lead_views.reopen, POST),
)

leads = part("leads", RULES)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(leads)
