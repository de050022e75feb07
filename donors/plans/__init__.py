"""Engagement plans: templates in versions, running plans, tasks and their due dates.

Words: engagement plan, plan template, step, task. Rule it protects: a step of a running plan makes one task, once.
"""
