"""Prospects on their way through the stages: moves, assignments, portfolios.

Words: pipeline, stage, prospect, move, officer, portfolio. Rule it protects: each change of stage is a row,
and every active prospect has a next move or stands on the list of those that have none.
"""
