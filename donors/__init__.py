"""Perennial: moves management for nonprofits, a ladder of domain parts with web, api and cli on top."""
