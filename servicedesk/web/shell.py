"""What the frame around every page needs to know: the contract of the base templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class DeskLink:
    """One desk in the desk switcher."""

    name: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class ViewLink:
    """One standard or saved view in the desk's left rail; groups are headings, in alphabetical order."""

    name: str
    url: str
    count: int | None = None
    current: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class Shell:
    """Everything outside the page's own content; `here` is the path and query to come back to."""

    organisation: str
    here: str
    face: Literal["portal", "desk"] = "portal"
    product: str = "Service desk"
    theme: Literal["auto", "light", "dark"] = "auto"
    person_name: str = ""
    open_count: int = 0
    unread_notices: int = 0
    to_acknowledge: int = 0
    phone: str = ""
    phone_hours: str = ""
    contact_mail: str = ""
    search_url: str = ""
    search_text: str = ""
    desk_name: str = ""
    desks: Sequence[DeskLink] = ()
    views: Sequence[ViewLink] = ()
    shortcuts: bool = False
    may_use_desk: bool = False
    may_log: bool = False
    may_administer: bool = False
