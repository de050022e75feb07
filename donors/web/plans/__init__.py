"""Pages of plans: templates, running plans, tasks."""
