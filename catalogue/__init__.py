"""The things that are had and offered: services, assets, licences, contracts.

Work knows things; things never know work: nothing here imports from servicedesk above the directory.
"""
