"""The face for agents: the queue, records, call logging and administration."""
