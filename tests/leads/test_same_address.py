"""By what leads of one address are found: however it is written, and for leads that were there before."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from donors.leads.new_lead import NewLead, checked, derived

MIGRATION = Path("migrations/versions/2026_11_28_leads_of_one_address.py")


def keys(email: str = "", phone: str = "") -> tuple[str, str]:
    """What is kept of an address beside it."""
    found = derived(checked(NewLead("web_form", family_name="Lee", email=email, phone=phone)))
    return found["email_key"], found["phone_key"]


@pytest.fixture
def migration() -> ModuleType:
    """The migration that kept them first."""
    spec = importlib.util.spec_from_file_location("leads_of_one_address", Path(__file__).parents[2] / MIGRATION)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("phone", ["+1 (212) 555-0100", "001 212 555 0100", "212.555.0100 ext. 3", "2125550100"])
def test_one_phone_has_one_key_however_it_is_written(migration: ModuleType, phone: str) -> None:
    assert keys(phone=phone) == ("", "125550100")
    assert migration._last_digits(phone) == "125550100"


@pytest.mark.parametrize("email", ["Ann@X.org", "ΣΟΦΟΣ@x.org"])
def test_one_e_mail_has_one_key_in_any_case(migration: ModuleType, email: str) -> None:
    assert keys(email=email) == keys(email=email.lower()) == (migration._folded(email), "")
    assert keys(phone="555 01") == ("", "55501")
