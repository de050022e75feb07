"""What waiting costs: the tasks of a day in the order of it, each with the reason in words."""
