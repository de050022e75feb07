"""Durable jobs: what runs by itself, when, and why; each period once, after any crash.

A *job* is a row of `schedule.py`: a periodic one has runs, keyed by period (a local date, a month, a fiscal year, a UTC
hour), a continuous one empties a queue. The rule it protects: claim, effect and advance are one transaction, so that
nothing is lost and nothing is done twice, however many processes run and whenever they are killed.
"""
