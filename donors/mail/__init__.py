"""Mail: the contact gate, the outbox and delivery.

A mail is a row of the *outbox*, written in the transaction of the act that causes it; only the scheduler sends. The
rule it protects: no mail is lost, a second copy of one carries the same Message-ID, and nobody is written to who may
not be.
"""
