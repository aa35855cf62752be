"""What every test may need."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The papers beside the repository (`../shared`): Seam's OpenAPI document and Slack's schemas."""
    if not (SHARED / "seam-openapi.json").exists():
        pytest.skip(f"{SHARED} is not here: the documents that this test compares with are kept beside the repository")
    return SHARED
