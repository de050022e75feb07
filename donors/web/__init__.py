"""Pages: views and forms for each part, and what all pages share."""
