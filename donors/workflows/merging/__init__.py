"""Merging: two records of one constituent become one, many at once too, and part again on any later day.

What a merge does with each table stands in `rules`: one list, and a test that keeps it complete.
"""
