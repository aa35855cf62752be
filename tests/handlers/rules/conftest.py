from __future__ import annotations

import pytest

from tests.handlers.rules.acting import Admin
from tests.handlers.stage import Stage


@pytest.fixture
def mia(s: Stage) -> Admin:
    """An admin by the settings."""
    return Admin(s)


@pytest.fixture
async def ben(s: Stage, mia: Admin) -> Admin:
    """A second admin, named by Mia."""
    await mia.opens_home()
    await mia.presses_in_home("rules.admins")
    await mia.sends(admin="U0BEN")
    await mia.sends()
    return Admin(s, "ben")
