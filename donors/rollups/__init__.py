"""Totals per constituent, household, fund, campaign and portfolio: define, compile, refresh, explain.

Words: rollup, definition, slot, refresh, dirty. Rule it protects: a stored figure equals what the facts say,
and one SQL text computes it for one constituent, for all, and as of any day.
"""
