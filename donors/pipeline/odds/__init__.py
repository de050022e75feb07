"""How sure one may be: claims that somebody is hot, odds from own history beside them, the forecast, and the goals."""
