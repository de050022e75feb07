"""Measurements, as ratios to a plain baseline in the same run, on SQLite and PostgreSQL."""
