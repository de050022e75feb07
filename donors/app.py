"""Puts the house together: the only module that knows every part."""

from flask import Flask

from config import ROOT, Config
from donors.accounts import models as accounts
from donors.cli import ask_reports as ask_report_commands
from donors.cli import backup as backup_commands
from donors.cli import demo as demo_commands
from donors.cli import duplicates as duplicate_commands
from donors.cli import imports as import_commands
from donors.cli import jobs as job_commands
from donors.cli import lead_reports as lead_report_commands
from donors.cli import levels as level_commands
from donors.cli import lists as list_commands
from donors.cli import mail as mail_commands
from donors.cli import move_reports as move_report_commands
from donors.cli import officer_reports as officer_report_commands
from donors.cli import person as person_commands
from donors.cli import pipeline_reports as pipeline_report_commands
from donors.cli import reports as report_commands
from donors.cli import rollups as rollup_commands
from donors.cli import setup as setup_commands
from donors.cli import users as user_commands
from donors.constituents import models as constituents
from donors.constituents.fields import FIELDS as CONSTITUENT_FIELDS
from donors.constituents.matching import models as matching
from donors.core import changes, settings
from donors.core.db import init_db
from donors.core.fields import REGISTRY
from donors.giving import models as giving
from donors.giving.fields import FIELDS as GIFT_FIELDS
from donors.imports import models as imports
from donors.jobs import models as jobs
from donors.leads import models as leads
from donors.leads.fields import FIELDS as LEAD_FIELDS
from donors.levels import models as levels
from donors.levels.fields import level_fields
from donors.mail import models as mail
from donors.pipeline import models as pipeline
from donors.pipeline.asks import models as asks
from donors.pipeline.asks.fields import FIELDS as OPPORTUNITY_FIELDS
from donors.pipeline.charges import CHARGES
from donors.pipeline.evidence import models as evidence
from donors.pipeline.evidence.gift_fields import THANKED
from donors.pipeline.family import MOVES
from donors.pipeline.fields import register as register_pipeline_fields
from donors.pipeline.move_fields import FIELDS as MOVE_FIELDS
from donors.pipeline.odds import models as odds
from donors.plans import models as plans
from donors.plans.starts import models as starts
from donors.plans.starts.event import EVENTS
from donors.plans.starts.facts import EVENTS_OF_FACTS
from donors.research import models as research
from donors.research.fields import FIELDS as RATING_FIELDS
from donors.research.fields import HELD as RATINGS_HELD
from donors.rollups import models as rollups
from donors.rollups.charges import name_charges
from donors.rollups.families import join_families
from donors.rollups.fields import stored_fields
from donors.segments import models as segments
from donors.volunteering import models as volunteering
from donors.volunteering.fields import FIELDS as SHIFT_FIELDS
from donors.web import assets, door, errors, figures, filters, icons, places, repeat, security, sent, session
from donors.web.accounts import pages as accounts_pages
from donors.web.constituents import pages as constituents_pages
from donors.web.duplicates import pages as duplicates_pages
from donors.web.giving import pages as giving_pages
from donors.web.health import views as health_pages
from donors.web.imports import pages as imports_pages
from donors.web.lead_form import views as lead_form_pages
from donors.web.leads import pages as leads_pages
from donors.web.levels import views as levels_pages
from donors.web.mail import pages as mail_pages
from donors.web.pipeline import pages as pipeline_pages
from donors.web.plans import pages as plans_pages
from donors.web.reports import pages as reports_pages
from donors.web.rights import pages as rights_pages
from donors.web.search import pages as search_pages
from donors.web.settings import absences_views as absences_pages
from donors.web.settings import audit_views as audit_pages
from donors.web.settings import calendar_views as calendar_pages
from donors.web.settings import effects_views as effects_pages
from donors.web.settings import events_views as events_pages
from donors.web.settings import evidence_views as evidence_pages
from donors.web.settings import jobs_views as jobs_pages
from donors.web.settings import leads_views as leads_settings_pages
from donors.web.settings import mail_views as mail_settings_pages
from donors.web.settings import organization_views as organization_pages
from donors.web.settings import purposes_views as purposes_pages
from donors.web.settings import queues_views as queues_pages
from donors.web.settings import rollups_pages
from donors.web.settings import stages_views as stages_pages
from donors.web.settings import starts_views as starts_pages
from donors.web.settings import suggestions_views as suggestions_pages
from donors.web.settings import tracks_views as tracks_pages
from donors.web.settings import users_views as users_pages
from donors.web.style import views as style_pages
from donors.web.today import views as today_pages
from donors.web.volunteering import pages as volunteering_pages
from donors.web.worker import views as worker_pages

TABLES = (
    changes,
    settings,
    accounts,
    asks,
    constituents,
    evidence,
    giving,
    imports,
    jobs,
    leads,
    levels,
    mail,
    matching,
    odds,
    pipeline,
    plans,
    research,
    rollups,
    segments,
    starts,
    volunteering,
)
"""Every module of tables; importing them is what makes the metadata whole."""

COMMANDS = (
    user_commands,
    job_commands,
    backup_commands,
    demo_commands,
    duplicate_commands,
    import_commands,
    setup_commands,
    list_commands,
    person_commands,
    report_commands,
    pipeline_report_commands,
    ask_report_commands,
    move_report_commands,
    officer_report_commands,
    lead_report_commands,
    rollup_commands,
    level_commands,
    mail_commands,
)
"""Commands of `flask`, each module with `register(app)`."""

PAGES = (
    health_pages,
    worker_pages,
    accounts_pages,
    organization_pages,
    calendar_pages,
    queues_pages,
    purposes_pages,
    audit_pages,
    events_pages,
    users_pages,
    absences_pages,
    jobs_pages,
    style_pages,
    today_pages,
    constituents_pages,
    duplicates_pages,
    imports_pages,
    rights_pages,
    search_pages,
    pipeline_pages,
    leads_pages,
    lead_form_pages,
    giving_pages,
    volunteering_pages,
    plans_pages,
    mail_pages,
    mail_settings_pages,
    leads_settings_pages,
    levels_pages,
    reports_pages,
    tracks_pages,
    effects_pages,
    stages_pages,
    evidence_pages,
    starts_pages,
    suggestions_pages,
    rollups_pages,
)
"""Pages of every part, each module with `register(app)`; donors/web/access.py says who may open them."""


def create_app(config: Config) -> Flask:
    """The application for one configuration."""
    app = Flask("donors", root_path=str(ROOT / "donors"), template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.from_mapping(
        SECRET_KEY=config.secret_key,
        SECRET_KEY_FALLBACKS=list(config.secret_key_fallbacks),
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(config),
        MAX_CONTENT_LENGTH=config.upload_limit,
        HOUSE=config,
    )
    init_db(app, migrations=str(ROOT / "migrations"))
    register_fields()
    for module in (filters, figures, icons, assets, sent, session, places, door, errors, *PAGES, *COMMANDS):
        module.register(app)
    repeat.register(app)
    # Last, so that its headers stand around everything else.
    security.register(app, config)
    return app


def register_fields() -> None:
    """Names facts, for lists, criteria, imports and figures, and the events that may start plans.

    The order is that in which pages offer them.
    """
    REGISTRY.add(*CONSTITUENT_FIELDS)
    REGISTRY.provide("constituent", level_fields)
    register_pipeline_fields(REGISTRY)
    REGISTRY.add(*RATINGS_HELD)
    REGISTRY.provide("constituent", stored_fields)
    REGISTRY.add(*GIFT_FIELDS, THANKED, *SHIFT_FIELDS, *MOVE_FIELDS, *OPPORTUNITY_FIELDS, *RATING_FIELDS, *LEAD_FIELDS)
    join_families(MOVES)
    name_charges(CHARGES)
    EVENTS.add(*EVENTS_OF_FACTS)


def engine_options(config: Config) -> dict[str, object]:
    """Pool settings for the database at hand."""
    options: dict[str, object] = {"pool_size": config.pool_size, "max_overflow": 0, "pool_pre_ping": True}
    if config.database_url.startswith("postgresql"):
        options["pool_recycle"] = 1800
        waits = "-c statement_timeout=15000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000"
        # Days of instants are those of UTC, as on SQLite, whatever zone the server keeps.
        options["connect_args"] = {"options": f"{waits} -c timezone=UTC"}
    return options
