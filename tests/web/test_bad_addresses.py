"""Addresses and texts that nobody writes by hand: none of them is an error of ours."""

import pytest

from servicedesk.core.errors import RuleViolation
from servicedesk.core.paging import decode_cursor
from tests import factories

BEYOND = 2**63


@pytest.fixture
def administrator(sign_in):
    """Return a browser in which somebody who may do everything is signed in."""
    return sign_in(factories.make_administrator())


@pytest.mark.parametrize("rule", ["/desk/people/{}", "/desk/outages/{}", "/desk/admin/people/{}"])
@pytest.mark.parametrize("number", [0, BEYOND, int("9" * 40)])
def test_no_row_has_an_id_beyond_what_the_database_counts(administrator, rule, number):
    assert administrator.get(rule.format(number)).status_code == 404


@pytest.mark.parametrize(
    "address", ["/desk/admin/people?q=a%00b", "/desk/admin/audit?kind=%00", "/desk/admin/audit?person=%00"]
)
def test_a_nul_in_a_query_is_as_if_it_were_not_there(administrator, address):
    assert administrator.get(address).status_code == 200


def test_a_nul_in_a_form_is_as_if_it_were_not_there(client):
    token = client.form_token("/sign-in")
    sent = {"mail": "no\x00body@desk.test", "password": "wrong", "csrf_token": token}
    answer = client.post("/sign-in", data=sent)
    assert answer.status_code == 422
    assert "nobody@desk.test" in answer.get_data(as_text=True)


@pytest.mark.parametrize("name", ["endpoint", "_method", "_external", "_scheme", "_anchor"])
def test_a_foreign_parameter_stays_a_parameter(administrator, name):
    page = administrator.get(f"/desk/admin/people?{name}=elsewhere")
    assert page.status_code == 200
    assert f"/desk/admin/people?{name}=elsewhere&amp;format=csv" in page.get_data(as_text=True)


def test_half_of_a_surrogate_pair_is_no_cursor():
    with pytest.raises(RuleViolation):
        decode_cursor("WyJcdWQ4MDAiLDFd")
