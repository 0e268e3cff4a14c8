"""The face for requesters: report, follow, answer."""
