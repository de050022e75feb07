"""How plans begin: who may have one, who is passed over or held out, and the tasks that are made."""
