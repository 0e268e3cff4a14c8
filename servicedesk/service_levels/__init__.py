"""Targets, opening hours and the clocks on records.

Entities: Calendar, ServiceLevelPolicy, LedgerEntry (what happened), Clock (derived), Escalation.
`working_time.py` and `derivation.py` are pure: the clocks can be thrown away and derived again.
"""
