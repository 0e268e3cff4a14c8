"""Service requests: what people ask for from the catalogue."""
