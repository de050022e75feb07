"""Read-only questions that a director asks; each answer is a frozen dataclass.

Rule it protects: a number comes with its date, its unit, its definition and the rows behind it.
"""
