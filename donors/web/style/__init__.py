"""The style guide: every component in every state, drawn by the macros that pages use."""
