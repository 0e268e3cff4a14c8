"""Self-service reset and unlock of directory passwords."""
