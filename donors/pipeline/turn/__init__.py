"""Whose turn it is: an officer's prospects in the order of what waiting costs, and those that are put off."""
