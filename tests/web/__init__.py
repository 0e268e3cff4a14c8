"""Checks of web."""
