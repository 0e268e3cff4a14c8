"""The audit kinds that all records share."""

from servicedesk.core.audit import declare_kinds

declare_kinds(
    attachment__added=("added the file", "attachment public comment"),
    category__amended=("changed the category", "fields"),
    category__created=("added the category", ""),
    comment__added=("answered", "comment public channel"),
    watch__added=("added a watcher", "person"),
    watch__removed=("removed a watcher", "person"),
)
