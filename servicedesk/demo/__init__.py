"""The demo organisation: two councils, four desks, 1,500 requesters, from a fixed seed."""
