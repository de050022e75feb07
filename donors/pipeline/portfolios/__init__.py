"""Portfolios: how full they are, what stands against an assignment, whose prospects they are, handing them over."""
