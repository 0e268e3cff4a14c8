"""Targets, opening hours and the clocks on records.

Entities: Calendar, ServiceLevelPolicy, LedgerEntry (what happened), Clock (derived), Escalation.
`open_time.py`, `working_time.py`, `ledger.py` and `derivation.py` are pure: what happened goes in, what the
clocks show comes out, so clocks can be thrown away and derived again.
"""
