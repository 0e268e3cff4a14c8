"""Everything that runs beside the application: the private servers and the supervisor of all processes.

`places` says where the private servers keep their data and who runs them, `programs` finds their binaries,
`processes` starts and ends one process, `postgres` and `valkey` describe the two servers, `embedded` runs
just those (for tests and benches), `supervisor` keeps a list of programs alive, and `system` is the list
that `python -m servicedesk run` starts.
"""
