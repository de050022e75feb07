"""Users, their roles and permissions, sign-in sessions, grants, and the audit record.

Words: a *user* signs in; a *role* carries *permissions*; a *sight* says which rows a user may see; a *one-time link*
lets somebody set a password. The rule that this part protects: nobody sees or does what their role and grants do not
carry, and what was done at the doors (sign-ins, refusals, exports, changes of rights) stays on record.
"""
