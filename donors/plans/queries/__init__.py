"""Reading of plans, by noun: templates, running plans, tasks."""
