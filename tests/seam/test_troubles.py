"""Every code has a sentence, and the sentences are fit for a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.seam.troubles import SENTENCES, read_troubles, sentence

# Where the bot meets errors and warnings. Grants, methods and user identities are not used (seam-api.md 10.2).
SCHEMAS = ("device", "unmanaged_device", "access_code", "unmanaged_access_code", "connected_account", "event")

# Named in seam-api.md 3.5, 3.6, 5.3, 5.4 and gone from the document: stored data and docs still have them.
LEGACY = [
    "ttlock_lock_not_paired_to_gateway",
    "august_lock_missing_bridge",
    "lockly_missing_wifi_bridge",
    "wyze_device_missing_gateway",
    "functional_offline_device",
    "hub_required_for_addtional_capabilities",
    "salto_ks_privacy_mode",
    "ultraloq_time_zone_unknown",
    "lockly_time_zone_not_configured",
    "two_n_device_missing_timezone",
    "code_modified_external_to_seam",
    "failed_to_delete",
    "duplicate_code_attempt_prevented",
    "kwikset_unable_to_confirm_code",
    "schlage_detected_duplicate",
    "schlage_creation_outage",
    "ultraloq_access_code_disabled",
    "igloohome_bridge_offline",
    "igloohome_bridge_too_many_pending_jobs",
]


def codes_of(schema: object) -> Iterator[str]:
    """Every value that `error_code` or `warning_code` may have, at any depth."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key in {"error_code", "warning_code"} and isinstance(value, dict):
                yield from value.get("enum", [])
            yield from codes_of(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from codes_of(item)


def test_every_code_of_seams_document_has_a_sentence(shared_dir: Path) -> None:
    schemas = json.loads((shared_dir / "seam-openapi.json").read_text("utf-8"))["components"]["schemas"]
    codes = {code for name in SCHEMAS for code in codes_of(schemas[name])}
    assert len(codes) > 60
    assert codes - set(SENTENCES) == set()


def test_every_old_code_has_a_sentence() -> None:
    assert set(LEGACY) - set(SENTENCES) == set()


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_sentence_names_the_door_at_most_and_ends(code: str) -> None:
    text = SENTENCES[code]
    assert text.replace("{door}", "").count("{") == 0
    assert text.endswith((".", "/latchkey connect"))
    assert "_" not in text
    assert len(text) < 260


def test_a_code_nobody_knows_lets_seam_speak_with_its_digits_hidden() -> None:
    assert (
        sentence("next_year", "Slot {3} of lock 123456 broke") == "Seam says about {door}: Slot (3) of lock •••• broke"
    )


def test_a_code_nobody_knows_and_no_message_is_still_a_sentence() -> None:
    assert "{door}" in sentence("next_year", "")


def test_troubles_are_errors_first_and_each_once() -> None:
    troubles = read_troubles(
        {
            "warnings": [{"warning_code": "power_saving_mode", "message": "w"}, "junk", None],
            "errors": [
                {"error_code": "device_disconnected", "message": "PIN 123456 lost"},
                {"error_code": "device_disconnected", "message": "again"},
                {},
            ],
        }
    )
    assert [(t.code, t.is_error) for t in troubles] == [
        ("device_disconnected", True),
        ("unnamed", True),
        ("power_saving_mode", False),
    ]
    assert troubles[0].message == "PIN •••• lost"


def test_a_trouble_is_said_with_the_doors_name() -> None:
    (trouble,) = read_troubles({"errors": [{"error_code": "device_disconnected"}]})
    assert trouble.said_of("Front {Door}").startswith("Front {Door} is offline.")
