"""Incidents: unplanned interruptions to a service, from the report to the answered escalation.

Entities: Incident, PriorityMatrix. Neighbours: records (what all practices share), service_levels
(the clocks that follow an incident through audit events).
"""
