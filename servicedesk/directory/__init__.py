"""People and where they belong: organisations, sites, desks, teams, roles, sign-in sessions, tokens.

Entities: Organisation, Site, Desk, Team, Person, RoleAssignment, SignInSession, AccessToken.
Everything above may ask who somebody is; this package never asks what they work on.
"""
