"""Checks of portal."""
