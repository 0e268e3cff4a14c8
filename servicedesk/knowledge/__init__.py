"""What people are told before they ask: known outages now, articles as they come.

Entities: Outage.
"""
