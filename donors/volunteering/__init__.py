"""Volunteer shifts and hours.

Words: shift, hours, activity. Rule it protects: time is whole minutes, and a shift without them is not recorded.
"""
