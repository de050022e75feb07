"""Assignments as charges, so that figures of portfolios know who stands in them."""

from donors.pipeline.models import Assignment
from donors.rollups.charges import Charges

CHARGES = Charges(Assignment.officer_id, Assignment.constituent_id, Assignment.from_on, Assignment.to_on)
"""Named to rollups by app.py. Every role counts, as it does for the board."""
