"""The checks: one folder for each package, and the browser journeys."""
