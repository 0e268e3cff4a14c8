"""What the desk's tests share: an agent, a browser in which the agent is signed in, and a record."""

import pytest

from tests import factories


@pytest.fixture
def agent(db):
    """Return an agent of the desk."""
    return factories.make_agent()


@pytest.fixture
def browser(agent, sign_in):
    """Return a browser in which the agent is signed in."""
    return sign_in(agent)


@pytest.fixture
def incident(db):
    """Return a record of the agent's desk."""
    return factories.make_incident()
