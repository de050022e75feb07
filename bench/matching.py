"""`python -m bench.matching`: how well and how fast duplicates are found, in drawn people and in FEBRL's sets."""
