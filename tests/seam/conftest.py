"""A Seam client on a scripted server, with a clock that only sleeping moves."""

from __future__ import annotations

import pytest

from tests.seam.doubles import ScriptedSeam, Time


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def seam(time: Time) -> ScriptedSeam:
    return ScriptedSeam(time)
