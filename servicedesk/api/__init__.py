"""The face for other systems: REST under /api/v1."""
