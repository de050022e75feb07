"""Saved criteria over everything below, and the lists that they give.

Words: segment, saved view. Rule it protects: a list is paged, sorted and searched by the database, and shows
a viewer only what that viewer may see.
"""
