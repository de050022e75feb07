"""Acts that touch several parts, read from top to bottom.

Words: record a gift, merge, advance, refresh. Rule it protects: no act leaves a figure, a level or a plan stale.
"""
