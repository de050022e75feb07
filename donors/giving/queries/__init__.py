"""Reading gifts: one with all its parts, lists of many with their totals, and the lists to choose from."""
