"""The service desk: one application for the work done on the things that the catalogue holds."""
