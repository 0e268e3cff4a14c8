"""What goes in and out of the API: fields listed by hand, unknown ones refused."""
