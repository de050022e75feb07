"""Commands of `flask`.
"""
