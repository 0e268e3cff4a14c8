"""Changes: what is altered, by whose authority and when."""
