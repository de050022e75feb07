"""The addresses of reports."""

from flask import Flask

from donors.web.addresses import GET, POST, part
from donors.web.reports import (
    ask_views,
    edge_views,
    gains_views,
    giver_views,
    kept_views,
    level_views,
    lybunt_views,
    move_report_views,
    movement_views,
    officer_views,
    plan_views,
    retention_views,
    trust_views,
)

RULES = (
    ("", level_views.index, GET),
    ("/levels", level_views.levels_page, GET),
    ("/levels/file", level_views.levels_file, POST),
    ("/levels/people", level_views.people_page, GET),
    ("/levels/people/file", level_views.people_file, POST),
    ("/movement", movement_views.movement_page, GET),
    ("/movement/file", movement_views.movement_file, POST),
    ("/edges", edge_views.edges_page, GET),
    ("/edges/file", edge_views.edges_file, POST),
    ("/edges/chosen", edge_views.edges_chosen, POST),
    ("/plans", plan_views.plans_page, GET),
    ("/plans/file", plan_views.plans_file, POST),
    ("/proposals", ask_views.proposals_page, GET),
    ("/proposals/file", ask_views.proposals_file, POST),
    ("/declined", ask_views.declined_page, GET),
    ("/declined/file", ask_views.declined_file, POST),
    ("/trust", trust_views.trust_page, GET),
    ("/trust/file", trust_views.trust_file, POST),
    ("/kept", kept_views.keep_it, POST),
    ("/kept/<int:kept_report_id>/mail", kept_views.mail_it, POST),
    ("/kept/<int:kept_report_id>/drop", kept_views.drop_it, POST),
    ("/retention", retention_views.retention_page, GET),
    ("/retention/file", retention_views.retention_file, POST),
    ("/gains", gains_views.gains_page, GET),
    ("/gains/file", gains_views.gains_file, POST),
    ("/lybunt", lybunt_views.lybunt_page, GET),
    ("/lybunt/file", lybunt_views.lybunt_file, POST),
    ("/givers", giver_views.givers_page, GET),
    ("/givers/file", giver_views.givers_file, POST),
    ("/givers/chosen", giver_views.givers_chosen, POST),
    ("/no-next-move", move_report_views.next_steps_page, GET),
    ("/no-next-move/file", move_report_views.next_steps_file, POST),
    ("/overdue-moves", move_report_views.overdue_page, GET),
    ("/overdue-moves/file", move_report_views.overdue_file, POST),
    ("/review", officer_views.review_page, GET),
    ("/review/file", officer_views.review_file, POST),
    ("/coverage", officer_views.coverage_page, GET),
    ("/coverage/file", officer_views.coverage_file, POST),
    ("/activity", officer_views.activity_page, GET),
    ("/activity/file", officer_views.activity_file, POST),
    ("/qualification", officer_views.qualification_page, GET),
    ("/qualification/file", officer_views.qualification_file, POST),
    ("/balance", officer_views.balance_page, GET),
    ("/balance/file", officer_views.balance_file, POST),
)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(part("reports", RULES))
