"""Checks of directory."""
