"""Checks of supervision."""
