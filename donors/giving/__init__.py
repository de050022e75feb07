"""Gifts and who they count for.

Words: gift, split, fund, campaign, appeal, adjustment (refund, correction), credit (hard, soft).
Rule it protects: a gift is never negative by entry, its credits always add up, and rollups read credits only.
"""
