"""The practice charity: a believable nonprofit with twelve years of giving, drawn from a seed and a date.

`draw` decides everything without a database, so that the same seed and date give the same charity; `load` writes it
through the same verbs that pages use. Nobody in it exists.
"""
