"""The audit kinds of notices."""

from servicedesk.core.audit import declare_kinds

declare_kinds(notice__queued_again=("had a mail tried again that was given up", ""))
