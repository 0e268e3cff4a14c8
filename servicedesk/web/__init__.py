"""What the faces share over HTTP: sign-in, rights on routes, forms, paging, errors, the transaction."""
