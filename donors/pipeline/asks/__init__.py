"""Opportunities: what a prospect is asked for, how sure somebody is, what came of it, and the proposals sent."""
