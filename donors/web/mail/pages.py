"""The addresses of mail."""

from flask import Flask

from donors.web.addresses import BOTH, GET, POST, part
from donors.web.mail import mail_views, template_views, unsubscribe_views

MAIL, TEMPLATE = "/<int:mail_id>", "/templates/<int:mail_template_id>"
RULES = (
    ("", mail_views.index, GET),
    ("/act", mail_views.act, POST),
    (MAIL, mail_views.mail_page, BOTH),
    (f"{MAIL}/give-up", mail_views.give_up, POST),
    (f"{MAIL}/again", mail_views.again, POST),
    (f"{MAIL}/look", mail_views.look, GET),
    ("/templates", template_views.templates_page, GET),
    ("/templates/new", template_views.new_template, BOTH),
    (TEMPLATE, template_views.edit_template, BOTH),
    (f"{TEMPLATE}/active", template_views.set_template_active, POST),
    (f"{TEMPLATE}/look", template_views.template_look, GET),
)

mail = part("mail", RULES)


def register(app: Flask) -> None:
    """Adds the pages."""
    app.register_blueprint(mail)
    unsubscribe_views.register(app)
