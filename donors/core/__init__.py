"""What every part stands on: database, change sets, money, calendars, criteria, fields, clock, errors.

It holds no word of fundraising, and it knows nobody above it.
"""
