"""Plans that run: what closes, re-dates, pauses, stops or carries them over, one or many by the same rules."""
