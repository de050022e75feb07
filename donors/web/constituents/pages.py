"""The addresses of constituents."""

from flask import Flask

from donors.web.addresses import BOTH, GET, POST, part
from donors.web.constituents import (
    chosen_plan,
    chosen_views,
    filter_views,
    list_views,
    merge_views,
    merges_views,
    people_views,
    rating_views,
    reach_views,
    record_views,
    story_views,
    unmerge_views,
)
from donors.web.levels import hand_views, why_views

ONE = "/<int:constituent_id>"
RULES = (
    ("", list_views.index, GET),
    ("/export", list_views.export, POST),
    ("/filter", filter_views.filter_page, GET),
    ("/chosen", chosen_views.choose, POST),
    ("/chosen/officer", chosen_views.chosen_officer, BOTH),
    ("/chosen/plan", chosen_plan.chosen_plan, BOTH),
    ("/chosen/prospects", chosen_views.chosen_prospects, BOTH),
    ("/chosen/no-contact", chosen_views.chosen_no_contact, BOTH),
    ("/chosen/<int:change_set_id>", chosen_views.chosen_result, GET),
    ("/chosen/<int:change_set_id>/undo", chosen_views.chosen_undo, POST),
    ("/views", list_views.save_view, POST),
    ("/views/<int:view_id>/drop", list_views.drop_view, POST),
    ("/new", record_views.new, BOTH),
    (ONE, story_views.story_page, GET),
    (f"{ONE}/why/<key>", why_views.why, GET),
    (f"{ONE}/levels", hand_views.levels_page, GET),
    (f"{ONE}/levels/<int:track_id>", hand_views.decide, POST),
    (f"{ONE}/levels/rulings/<int:ruling_id>/end", hand_views.release, POST),
    (f"{ONE}/edit", record_views.change, BOTH),
    (f"{ONE}/deceased", record_views.deceased, POST),
    (f"{ONE}/remove", record_views.remove, POST),
    (f"{ONE}/removed", record_views.removed, GET),
    (f"{ONE}/restore", record_views.bring_back, POST),
    (f"{ONE}/reach", reach_views.reach, GET),
    (f"{ONE}/reach/<kind>", reach_views.add, POST),
    (f"{ONE}/reach/<kind>/<int:point_id>", reach_views.settle, POST),
    (f"{ONE}/ratings", rating_views.ratings_page, GET),
    (f"{ONE}/ratings/add", rating_views.add_rating, POST),
    (f"{ONE}/consent", reach_views.say, POST),
    (f"{ONE}/people", people_views.people, GET),
    (f"{ONE}/people/tie", people_views.tie, POST),
    (f"{ONE}/people/tie/<int:tie_id>/end", people_views.untie, POST),
    (f"{ONE}/people/stay", people_views.stay, POST),
    (f"{ONE}/people/stay/<int:stay_id>/end", people_views.move_out, POST),
    (f"{ONE}/merge", merge_views.merge, BOTH),
    ("/merges", merges_views.merges, BOTH),
    ("/merges/<int:change_set_id>/undo", unmerge_views.unmerge_page, BOTH),
)

constituents = part("constituents", RULES)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(constituents)
