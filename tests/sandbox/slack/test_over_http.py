"""Over a real socket, with Slack's own client and Bolt at the other end: what the bot will meet."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.clock import Clock
from bot.sandbox.serving import serve
from bot.sandbox.slack import AsgiDelivery, Failure, VirtualSlack
from bot.sandbox.slack.wire import Json

from .conftest import SECRET, TOKEN, Bot, field_, modal, section, text_input


@pytest.fixture
async def served(clock: Clock, bot: Bot) -> AsyncIterator[VirtualSlack]:
    slack = VirtualSlack(clock, SECRET, TOKEN, deliver=bot)
    async with slack.running():
        yield slack


@pytest.fixture
async def web(served: VirtualSlack) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(token=TOKEN, base_url=f"{served.base_url}/api/", session=session, timeout=5)


async def test_slacks_own_client_is_understood(served: VirtualSlack, web: AsyncWebClient) -> None:
    me = await web.auth_test()
    person = await web.users_info(user="U0SAM", include_locale=True)
    posted = await web.chat_postMessage(channel="U0SAM", text="Hi", blocks=[section("*Hi*")])
    await web.chat_update(channel=posted["channel"], ts=posted["ts"], text="Bye")
    link = await web.chat_getPermalink(channel=posted["channel"], message_ts=posted["ts"])
    members = await web.usergroups_users_list(usergroup="S0APPROVERS")
    await web.views_publish(user_id="U0SAM", view={"type": "home", "blocks": [section("x")]})

    assert me["user_id"] == "U0LATCHKEY"
    assert person["user"]["locale"] == "en-US"
    assert served.screen("sam").dm.last.rendered == "Bye"
    assert link["permalink"].startswith("https://")
    assert members["users"] == ["U0ANA", "U0BEN"]


async def test_a_file_arrives_in_three_steps(served: VirtualSlack, web: AsyncWebClient) -> None:
    answer = await web.files_upload_v2(
        channel="C0GENERAL", content="at,who\n", filename="audit.csv", title="Audit", initial_comment="Here"
    )

    stored = served.workspace.files[answer["file"]["id"]]
    assert (stored.content, stored.shared_in) == (b"at,who\n", "C0GENERAL")
    assert served.screen("sam").channel("general").last.rendered == "Here\n📎 Audit"


async def test_an_empty_file_and_a_user_id_are_refused(served: VirtualSlack, web: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="missing_argument"):
        await web.files_getUploadURLExternal(filename="x", length=0)
    ticket = await web.files_getUploadURLExternal(filename="x", length=3)
    with pytest.raises(SlackApiError, match="file_not_found"):
        await web.files_completeUploadExternal(files=[{"id": ticket["file_id"]}], channel_id="C0GENERAL")
    async with aiohttp.ClientSession() as session:
        form = aiohttp.FormData()
        form.add_field("file", b"abc", filename="x")
        async with session.post(ticket["upload_url"], data=form) as answer:
            assert answer.status == 200
    with pytest.raises(SlackApiError, match="invalid_channel"):
        await web.files_completeUploadExternal(files=[{"id": ticket["file_id"]}], channel_id="U0SAM")
    assert served.workspace.files[ticket["file_id"]].content == b"abc"


@pytest.mark.parametrize("status", [500, 503])
async def test_an_outage_hits_every_method(served: VirtualSlack, web: AsyncWebClient, status: int) -> None:
    served.conditions.outage = Failure.status(status)
    with pytest.raises(SlackApiError):
        await web.auth_test()
    served.conditions.outage = None

    assert (await web.auth_test())["ok"]


async def test_a_script_hits_the_next_calls_of_one_method(served: VirtualSlack, web: AsyncWebClient) -> None:
    served.conditions.fail_next("chat.postMessage", Failure.error("fatal_error"))
    served.conditions.fail_next("chat.postMessage", Failure.ratelimited(7))
    with pytest.raises(SlackApiError, match="fatal_error"):
        await web.chat_postMessage(channel="C0GENERAL", text="one")
    with pytest.raises(SlackApiError) as limited:
        await web.chat_postMessage(channel="C0GENERAL", text="two")
    assert limited.value.response.headers["Retry-After"] == "7"

    await web.chat_postMessage(channel="C0GENERAL", text="three")
    assert [message.text for message in served.screen("sam").channel("general").messages] == ["three"]


@pytest.mark.parametrize(("failure", "posted"), [(Failure.lost(), 1), (Failure.cut(), 0)])
async def test_a_broken_connection_leaves_it_open_what_was_done(
    served: VirtualSlack, web: AsyncWebClient, failure: Failure, posted: int
) -> None:
    served.conditions.fail_next("chat.postMessage", failure)
    with pytest.raises(aiohttp.ClientError):
        await web.chat_postMessage(channel="C0GENERAL", text="once")

    assert len(served.screen("sam").channel("general").messages) == posted
    assert served.traffic.exchanges[-1].status is None


async def test_a_call_that_hangs_ends_when_the_bot_gives_up(served: VirtualSlack) -> None:
    served.conditions.fail_next("auth.test", Failure.hang())
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.05)) as session:
        with pytest.raises(TimeoutError):
            await session.post(f"{served.base_url}/api/auth.test")


async def test_bolt_takes_our_deliveries_and_answers_them(clock: Clock) -> None:
    """Commands, a modal opened with the trigger, its submission, events, and respond(): all over HTTP, signed."""
    async with aiohttp.ClientSession() as session:
        app = AsyncApp(
            signing_secret=SECRET, client=AsyncWebClient(token=TOKEN, base_url="http://later/api/", session=session)
        )
        heard: list[Json] = []

        @app.command("/guest-code")
        async def guest_code(ack, body, client) -> None:  # type: ignore[no-untyped-def]
            await ack()
            await client.views_open(
                trigger_id=body["trigger_id"], view=modal(field_("who", text_input()), callback_id="code")
            )

        @app.view("code")
        async def code(ack, view, body, client) -> None:  # type: ignore[no-untyped-def]
            if view["state"]["values"]["who"]["v"]["value"] == "Nobody":
                await ack(response_action="errors", errors={"who": "Who is that?"})
                return
            await ack()
            await client.chat_postMessage(channel=body["user"]["id"], text="Done")

        @app.command("/doors")
        async def doors(ack, respond) -> None:  # type: ignore[no-untyped-def]
            await ack("One moment")
            await respond("Front Door")

        @app.event("app_mention")
        async def mention(event, say) -> None:  # type: ignore[no-untyped-def]
            heard.append(event)
            await say("Hello")

        handler = AsyncSlackRequestHandler(app)

        async def endpoint(request: Request) -> Response:
            return await handler.handle(request)

        async with serve(Starlette(routes=[Route("/slack/events", endpoint, methods=["POST"])])) as bot_url:
            slack = VirtualSlack(clock, SECRET, TOKEN, request_url=f"{bot_url}/slack/events")
            async with slack.running() as slack_url:
                app.client.base_url = f"{slack_url}/api/"

                (await slack.command("sam", "#general", "/guest-code")).expect_ok()
                await slack.until(lambda: slack.top("sam"), what="the form")
                (await slack.submit("sam", None, {"who": "Nobody"})).expect_ok()
                assert slack.top("sam").errors == {"who": "Who is that?"}
                (await slack.submit("sam", None, {"who": "Dana"})).expect_ok()
                message = await slack.until(lambda: slack.last(slack.dm_of("sam")), what="the answer in the DM")
                assert (message.text, slack.screen("sam").modals) == ("Done", [])

                (await slack.command("sam", "#general", "/doors")).expect_ok()
                await slack.until(
                    lambda: len(slack.screen("sam").channel("general").messages) == 2, what="both answers"
                )
                texts = {message.text for message in slack.screen("sam").channel("general").messages}
                assert texts == {"One moment", "Front Door"}  # in either order: they race in real Slack as well

                (await slack.mention("ana", "#general", "hi")).expect_ok()
                await slack.until(lambda: slack.last("general").text == "Hello", what="the hello")
                assert heard[0]["user"] == "U0ANA"
                assert (await slack.command("sam", "#general", "/nobody-listens")).failure == "http_service_error"
                assert len(slack.faults) == 1


async def test_a_bot_that_is_not_there(clock: Clock) -> None:
    slack = VirtualSlack(clock, SECRET, TOKEN, request_url="http://127.0.0.1:9/slack/events")
    outcome = await slack.command("sam", "#general", "/doors")
    await slack.aclose()

    assert outcome.failure == "dispatch_failed"


async def test_a_bot_in_this_process_needs_no_socket_and_its_crash_is_a_500(clock: Clock) -> None:
    async def endpoint(request: Request) -> Response:
        if b"crash" in await request.body():
            raise RuntimeError("boom")
        return Response("pong")

    app = Starlette(routes=[Route("/slack/events", endpoint, methods=["POST"])])
    slack = VirtualSlack(clock, SECRET, TOKEN, deliver=AsgiDelivery(app))

    assert (await slack.command("sam", "#general", "/ping")).body == b"pong"
    assert (await slack.command("sam", "#general", "/ping crash")).status == 500
