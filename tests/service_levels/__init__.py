"""Checks of service_levels."""
