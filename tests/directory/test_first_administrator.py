"""The first person of an empty installation signs in and may do everything; a second one is refused."""

from typing import Any

import pytest

from servicedesk.core.clock import utcnow
from servicedesk.core.errors import RuleViolation
from servicedesk.core.permissions import Permission
from servicedesk.directory.first_administrator import make_first_administrator
from servicedesk.directory.queries import actor_for
from servicedesk.directory.sign_in import check_sign_in

MAIL, PASSWORD = "first@council.test", "four plain words here"


def test_the_first_administrator_signs_in_and_may_do_everything(db: Any) -> None:
    made = make_first_administrator(MAIL, "Jo First", "A new council", PASSWORD)
    person = check_sign_in(mail=MAIL, password=PASSWORD, address="192.0.2.1", now=utcnow())
    assert person.id == made.id
    assert actor_for(person).may(Permission.ADMINISTRATION_EVERYTHING)
    assert person.organisation.name == "A new council"


@pytest.mark.parametrize("mail", [MAIL, MAIL.upper(), "no address"])
def test_one_that_cannot_be_made_is_refused(db: Any, mail: str) -> None:
    make_first_administrator(MAIL, "Jo First", "A new council", PASSWORD)
    with pytest.raises(RuleViolation):
        make_first_administrator(mail, "Jo Second", "A new council", PASSWORD)
