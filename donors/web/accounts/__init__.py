"""Pages at the door: sign-in and sign-out, the second factor, one-time links, and what users keep about themselves."""
