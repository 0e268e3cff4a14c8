"""The demo organisation: two councils, four desks, 1,500 requesters, from a fixed seed.

`names.py` and `organisation.py` hold what it is made of, `people.py` and `records.py` make it, and
`loading.py` puts it together. No person in it exists; mail addresses end in `.example`, where no mail goes.
"""
