"""Which kind of file is written by which book."""

from collections.abc import Callable

from donors.imports.check import Plan
from donors.imports.fields import CONSTITUENTS, GIFTS, HOURS, LEADS
from donors.imports.gift_book import GiftBook
from donors.imports.hours_book import HoursBook
from donors.imports.judge import Books
from donors.imports.lead_book import LeadBook
from donors.imports.people_book import PeopleBook

BOOKS: dict[str, Callable[[Plan], Books]] = {
    GIFTS: GiftBook,
    HOURS: HoursBook,
    CONSTITUENTS: PeopleBook,
    LEADS: LeadBook,
}
"""Kind → what makes the book of one import."""
