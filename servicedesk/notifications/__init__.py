"""Who is told about which audit event, and by which way.

Entities: Notice, NoticePreference. Subscribes to audit kinds, so a notice is written in the same
transaction as what it tells of.
"""
