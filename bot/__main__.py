"""The command line: `python -m bot demo | run | worker | migrate | doctor | policy … | audit … | when`."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.errors import BotError
from bot.domain.model import Action


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code: 0 done, 1 could not, 2 wrong usage."""
    arguments = _parser().parse_args(argv)
    try:
        result: int = arguments.run(arguments)
    except BotError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return result


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Latchkey: doors from Slack, through Seam.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser(
        "demo", help="the whole product here, without Slack, Seam or a lock: a page to play with"
    )
    demo.add_argument("--port", type=int, help="serve the page on this port, also where no terminal is attached")
    demo.add_argument("--no-browser", action="store_true", help="print the page's address and open no browser")
    demo.add_argument("--terminal", action="store_true", help="play the story in the terminal instead, and exit")
    demo.set_defaults(run=_demo)

    run = commands.add_parser("run", help="everything in one process: Slack in, doors out, timers")
    run.add_argument(
        "--accept-rollback", action="store_true", help="start although the database is older than its anchors"
    )
    run.set_defaults(run=_run)

    worker = commands.add_parser("worker", help="the timers and notices alone, without a way in from Slack")
    worker.set_defaults(run=_worker)

    migrate = commands.add_parser("migrate", help="bring the database to the newest form")
    migrate.set_defaults(run=_migrate)

    doctor = commands.add_parser("doctor", help="check every dependency and say the fix; 1 if a check fails")
    doctor.set_defaults(run=_doctor)

    backup = commands.add_parser("backup", help="copy the SQLite database, also of a running bot, and verify the copy")
    backup.add_argument("file", type=Path, help="a new file")
    backup.set_defaults(run=_backup)

    restore = commands.add_parser("restore", help="verify a backup and put it in place; the bot must be stopped")
    restore.add_argument("file", type=Path, help="made by `backup`")
    restore.set_defaults(run=_restore)

    audit = commands.add_parser("audit", help="the audit log").add_subparsers(required=True, metavar="COMMAND")
    export = audit.add_parser("export", help="print the audit log, oldest first")
    export.add_argument("--format", choices=["jsonl", "csv"], default="jsonl")
    export.add_argument("--out", type=Path, help="write to this file instead of the screen")
    export.set_defaults(run=_audit_export)

    _add_policy(commands.add_parser("policy", help="the access rules as a file, and what they would say"))
    verify = audit.add_parser("verify", help="check every row and anchor: 0 whole, 2 broken, 3 anchor, 4 cannot read")
    which = verify.add_mutually_exclusive_group()
    which.add_argument("--since", type=int, metavar="SEQ", help="only the rows after this anchored row")
    which.add_argument("--anchors", type=Path, metavar="FILE", help="anchors from here (saved from the log or Slack)")
    verify.set_defaults(run=_audit_verify)
    search = audit.add_parser("search", help="rows by door, person, outcome and time, newest first")
    search.add_argument("--door", metavar="ID")
    search.add_argument("--person", metavar="USER_ID")
    search.add_argument("--outcome", action="append", default=[], choices=["ok", "failed", "unknown", "denied"])
    search.add_argument("--when", metavar="TEXT", help="for example “last friday evening”")
    search.add_argument("--limit", type=int, default=50)
    search.set_defaults(run=_audit_search)
    erase = audit.add_parser("erase", help="erase names and free text; the acts stay")
    whom = erase.add_mutually_exclusive_group(required=True)
    whom.add_argument("--person", metavar="USER_ID")
    whom.add_argument("--guest", metavar="NAME")
    whom.add_argument("--before", type=_day, metavar="YYYY-MM-DD")
    erase.set_defaults(run=_audit_erase)
    rotate = audit.add_parser("rotate-key", help="begin a new key at the next start")
    rotate.set_defaults(run=_audit_rotate)

    when = commands.add_parser("when", help="what a typed time means", add_help=False)
    when.add_argument("rest", nargs=argparse.REMAINDER)
    when.set_defaults(run=_when)
    return parser


def _add_policy(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    export = commands.add_parser("export", help="print the rules in force as a policy file (TOML)")
    export.add_argument("--out", type=Path, help="write to this file instead of the screen")
    export.set_defaults(run=_policy_export)

    apply = commands.add_parser("apply", help="show what a policy file changes, ask, and apply all of it or nothing")
    apply.add_argument("file", type=Path, help="made by `policy export`")
    apply.add_argument("--yes", action="store_true", help="do not ask")
    apply.set_defaults(run=_policy_apply)

    test = commands.add_parser("test", help="what the rules would answer, and why; changes nothing")
    test.add_argument("--person", required=True, help="a Slack id: U…, or T…/U… for somebody of another workspace")
    test.add_argument("--door", required=True, help="a door's name, or its Seam device id")
    test.add_argument("--action", required=True, choices=[action.value for action in Action])
    test.add_argument("--when", default="", help='as people type it: "tomorrow 9-5"; left out: now')
    test.add_argument(
        "--group", action="append", default=[], help="a Slack user group (S…) they are in; may be repeated"
    )
    test.add_argument("--guest", action="store_true", help="they are a guest of the workspace")
    test.add_argument("--locale", default="en-US", help="decides how 3/12 is read")
    test.set_defaults(run=_policy_test)


def _demo(arguments: argparse.Namespace) -> int:
    # Without a terminal (in CI, in a pipe) nobody sits before a page: the story is played, checked, and exits.
    attended = sys.stdin.isatty() and sys.stdout.isatty()
    if arguments.terminal or (arguments.port is None and not attended):
        from bot.sandbox.story import play

        return asyncio.run(play())
    from bot.sandbox.web.play import play as play_page

    async def run() -> int:
        return await play_page(_stop_on_signals(), port=arguments.port, browser=not arguments.no_browser)

    try:
        return asyncio.run(run())
    except OSError as problem:
        print(f"The page cannot be served on port {arguments.port}: {problem.strerror}.", file=sys.stderr)
        return 1


def _run(arguments: argparse.Namespace) -> int:
    from bot.config import Settings
    from bot.logs import set_up

    settings = Settings.from_env(os.environ)
    set_up(settings.log_level)

    async def run() -> int:
        from bot.app import running_bot, serve_http, serve_socket

        stop = _stop_on_signals()
        async with running_bot(settings, accept_rollback=arguments.accept_rollback) as bot:
            if settings.slack_app_token:
                await serve_socket(bot, settings.slack_app_token.reveal(), stop)
            else:
                await serve_http(bot, settings, stop)
        return 0

    return asyncio.run(run())


def _worker(arguments: argparse.Namespace) -> int:
    from bot.config import Settings
    from bot.logs import set_up

    settings = Settings.from_env(os.environ)
    set_up(settings.log_level)

    async def run() -> int:
        from bot.app import running_bot

        stop = _stop_on_signals()
        async with running_bot(settings):
            await stop.wait()
        return 0

    return asyncio.run(run())


def _migrate(arguments: argparse.Namespace) -> int:
    from bot.config import database_url
    from storage.migrate import upgrade

    url = database_url(os.environ)
    upgrade(url)
    print("The database is up to date.")
    return 0


def _doctor(arguments: argparse.Namespace) -> int:
    from bot.doctor import doctor

    return asyncio.run(doctor(os.environ))


def _backup(arguments: argparse.Namespace) -> int:
    from bot.backup_cli import backup

    return backup(os.environ, arguments.file)


def _restore(arguments: argparse.Namespace) -> int:
    from bot.backup_cli import restore

    return restore(os.environ, arguments.file)


def _audit_export(arguments: argparse.Namespace) -> int:
    from bot.audit_export import export

    return asyncio.run(export(os.environ, arguments.format, arguments.out))


def _policy_export(arguments: argparse.Namespace) -> int:
    from bot.policy_cli import export

    return asyncio.run(export(os.environ, arguments.out))


def _policy_apply(arguments: argparse.Namespace) -> int:
    from bot.policy_cli import apply

    return asyncio.run(apply(os.environ, arguments.file, yes=arguments.yes))


def _policy_test(arguments: argparse.Namespace) -> int:
    from bot.policy_cli import Wondered, try_out

    wondered = Wondered(
        person=arguments.person,
        door=arguments.door,
        action=Action(arguments.action),
        when=arguments.when,
        groups=arguments.group,
        guest=arguments.guest,
        locale=arguments.locale,
    )
    return asyncio.run(try_out(os.environ, wondered))


def _audit_verify(arguments: argparse.Namespace) -> int:
    from bot.audit_cli import verify

    return asyncio.run(verify(os.environ, arguments.since, arguments.anchors))


def _audit_search(arguments: argparse.Namespace) -> int:
    from bot.audit_cli import search

    return asyncio.run(
        search(
            os.environ,
            door=arguments.door,
            who=arguments.person,
            outcomes=tuple(arguments.outcome),
            when=arguments.when,
            limit=arguments.limit,
        )
    )


def _audit_erase(arguments: argparse.Namespace) -> int:
    from bot.audit_cli import erase

    return asyncio.run(erase(os.environ, person=arguments.person, guest=arguments.guest, before=arguments.before))


def _audit_rotate(arguments: argparse.Namespace) -> int:
    from bot.audit_cli import rotate_key

    return rotate_key(os.environ)


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _when(arguments: argparse.Namespace) -> int:
    from bot.when_cli import main as when_main

    return when_main(arguments.rest)


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stop.set)
    return stop


if __name__ == "__main__":
    sys.exit(main())
