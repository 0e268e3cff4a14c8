"""Checks of notifications."""
