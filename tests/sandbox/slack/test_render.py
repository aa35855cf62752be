"""Block Kit as text: what a person would read."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.sandbox.slack import VirtualSlack, render_text
from bot.sandbox.slack.wire import Json

from .conftest import Api, actions, button, field_, modal, open_modal, option, section, text_input

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
NINE_UTC = 1772442000  # 2026-03-02 09:00 UTC


def rendered(text: str, zone: ZoneInfo = BERLIN, now: datetime | None = None) -> str:
    names = {"U0SAM": "Sam Okafor"}
    return render_text([], text, reader_tz=zone, users=names, channels={"C0GENERAL": "general"}, now=now)


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ("*Unlocked* _now_ ~later~ `code *x*`", "Unlocked now later `code *x*`"),
        ("<@U0SAM> in <#C0GENERAL>, <@U0X|pat>, <#C0X|>", "@Sam Okafor in #general, @pat, #private-channel"),
        ("<!here> <!channel> <!subteam^S1|@approvers>", "@here @channel @approvers"),
        ("<https://x.example|the log> <https://y.example>", "the log (https://x.example) https://y.example"),
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("&lt;!channel&gt; *not&lt;*", "<!channel> not<"),
        (":lock: :unknown_emoji:", "🔒 :unknown_emoji:"),
        ("snake_case_name 2*3*4", "snake_case_name 2*3*4"),
        ("<https://x.example/a_b_c|x_y_z>", "x_y_z (https://x.example/a_b_c)"),
    ],
)
def test_markup_is_read_and_not_shown(source: str, read: str) -> None:
    assert rendered(source) == read


def test_a_date_is_in_the_zone_of_the_reader() -> None:
    token = f"<!date^{NINE_UTC}^{{date_short}} at {{time}}|fallback>"

    assert rendered(token) == "Mar 2, 2026 at 10:00 AM"
    assert rendered(token, NEW_YORK) == "Mar 2, 2026 at 4:00 AM"


@pytest.mark.parametrize(
    ("template", "read"),
    [
        ("{date_num} {time_secs}", "2026-03-02 10:00:00 AM"),
        ("{date_long}", "Monday, March 2, 2026"),
        ("{date_short_pretty} {time}", "tomorrow 10:00 AM"),
        ("{ago}", "in 21 hours"),
    ],
)
def test_date_tokens(template: str, read: str) -> None:
    now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    assert rendered(f"<!date^{NINE_UTC}^{template}|x>", now=now) == read


def test_an_unknown_token_shows_the_fallback() -> None:
    assert rendered(f"<!date^{NINE_UTC}^{{nonsense}}|2 Mar 09:00 UTC>") == "2 Mar 09:00 UTC"
    assert rendered("<!date^99999999999999^{time}|never>") == "never"


def test_a_message_reads_from_top_to_bottom() -> None:
    blocks: list[Json] = [
        {"type": "header", "text": {"type": "plain_text", "text": "Access request"}},
        section("*Sam* wants in", accessory={"type": "overflow", "action_id": "m", "options": [option("why")]}),
        section("x", fields=[{"type": "plain_text", "text": "<not> *markup*"}]),
        {"type": "divider"},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "asked by <@U0SAM>"}]},
        actions(button(text="Approve"), button("no", "Deny")),
    ]

    shown = render_text(blocks, "ignored", reader_tz=BERLIN, users={"U0SAM": "Sam"}, channels={})
    assert shown.split("\n") == [
        "ACCESS REQUEST",
        "Sam wants in  [⋯ Why]",
        "x",
        "<not> *markup*",
        "─" * 40,
        "· asked by @Sam",
        "[Approve] [Deny]",
    ]


async def test_a_form_shows_what_is_entered(slack: VirtualSlack, api: Api) -> None:
    options = [option("front", "Front Door"), option("back", "Back Door")]
    placeholder: Json = {"type": "plain_text", "text": "tomorrow 9-5"}
    await open_modal(
        slack,
        api,
        "ben",
        modal(
            field_("d", {"type": "static_select", "action_id": "v", "options": options}, "Door"),
            field_("w", text_input(placeholder=placeholder), "When", hint={"type": "plain_text", "text": "In words"}),
            field_("n", text_input(), "Note", optional=True),
            field_("at", {"type": "datetimepicker", "action_id": "v"}, "At"),
            field_("r", {"type": "radio_buttons", "action_id": "v", "options": options}, "Pick"),
            field_("u", {"type": "users_select", "action_id": "v"}, "Who"),
        ),
    )
    slack.fill(
        "ben", None, {"d": "Back Door", "at": datetime(2026, 3, 2, 9, 0, tzinfo=UTC), "r": "front", "u": "U0SAM"}
    )

    shown = slack.screen("ben").modal
    assert shown is not None
    assert shown.rendered.split("\n") == [
        "Title",
        "─" * 40,
        "Door",
        "  [Back Door ▾]",
        "When",
        "  [tomorrow 9-5]",
        "  In words",
        "Note (optional)",
        "  [ ]",
        "At",
        "  [2026-03-02 04:00 ▾]",
        "Pick",
        "  ◉ Front Door  ○ Back Door",
        "Who",
        "  [@Sam Okafor ▾]",
        "─" * 40,
        "[Close] [Save]",
    ]


async def test_rich_text_is_never_markup(slack: VirtualSlack, api: Api) -> None:
    rich: Json = {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "<!channel> *x*"}]},
        ],
    }
    await api("chat.postMessage", channel="C0GENERAL", text="x", blocks=[rich])

    assert slack.screen("sam").channel("general").last.rendered == "<!channel> *x*"


async def test_the_whole_screen_can_be_read(slack: VirtualSlack, api: Api) -> None:
    await slack.say("sam", "#general", "hello @ana")
    await api("chat.postEphemeral", channel="C0GENERAL", user="U0ANA", text="only you")

    assert str(slack.screen("ana")) == (
        "What Ana Lima sees\n\n── #general ──\nSam Okafor: hello @Ana Lima\nLatchkey (only visible to you): only you"
    )
