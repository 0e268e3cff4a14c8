"""What every package stands on: database, clock, errors, audit, permissions, jobs and numbering.

Knows nothing of people, records or HTTP.
"""
