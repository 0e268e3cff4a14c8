"""The five errors of the domain; each face maps them to one status, in one place."""


class DomainError(Exception):
    """Something that a caller asked for and cannot have; the text says what to do about it."""


class NotFound(DomainError):
    """There is no such thing, or the actor may not know of it (404)."""


class NotAllowed(DomainError):
    """The actor lacks the right (403)."""


class InvalidTransition(DomainError):
    """The record's state does not allow this step (409)."""


class StaleVersion(DomainError):
    """Somebody else changed it since it was read (409)."""


class RuleViolation(DomainError):
    """A rule is broken by what was given: one message for each field (422)."""

    def __init__(self, /, **messages: str) -> None:
        super().__init__(" ".join(messages.values()))
        self.messages = messages
