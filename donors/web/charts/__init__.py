"""Charts as geometry: pure functions from figures to frozen marks, which the macros in templates draw as SVG."""
