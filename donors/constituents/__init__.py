"""People, households and organizations: who they are, how they belong together, how they may be reached.

Words: constituent, household, membership, relationship, contact point, consent, alias.
Rule it protects: a constituent's id resolves for ever; nothing about a person is overwritten without a trace.
"""
