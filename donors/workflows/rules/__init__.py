"""The rules of an organization as one document: fiscal year, closed days, templates, pipelines, rollups, tracks.

What is exported and applied again changes nothing. A section that is absent means unchanged; what should no longer be
used says `active = false`.
"""
