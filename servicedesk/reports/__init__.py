"""Read-only queries over all practices, and their exports."""
