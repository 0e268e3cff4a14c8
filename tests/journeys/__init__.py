"""What people do, on the running system: real processes, a real browser."""
