"""What incidents, service requests, problems and changes share.

Entities: Record (number, state, requester, assignee), Comment, Attachment, Watch, Category.
`transitions.py` holds the one function that moves a record through its workflow.
"""
