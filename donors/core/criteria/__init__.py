"""Criteria: a typed condition tree over fields, used by lists, rollups, levels, segments and plans alike.

`tree` holds the tree and what empty means, `periods` the relative dates, `parse` reads and writes the stored form,
`compile` makes SQL of it, `evaluate` answers in Python, `describe` says it in English. SQL and Python give the same
answer for every tree and every row; a property test holds them to it.
"""
