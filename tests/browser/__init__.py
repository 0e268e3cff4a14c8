"""Checks of browser."""
