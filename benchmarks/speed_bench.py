"""The whole command over HTTP, against the least code that does the job and against bare Bolt, in the same run.

    python benchmarks/speed_bench.py [ROUNDS]

Three bots take turns under the same load: the real one (`python -m bot run`), the floor (`floor_app.py`: no rules, no
approvals, no modals, no types), and a Bolt app that acks a command and does nothing (for the ack alone). Load generator
and floor are beside the repository (`../shared/perf`); without them this says so and measures nothing. Each figure is
the median of the rounds, as a ratio to the reference, with the target.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
PERF = ROOT.parent / "shared" / "perf"
PYTHON = sys.executable
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 3

BOT = {
    "PORT": "{port}",
    "SLACK_API_URL": "{slack_api}",
    "SEAM_ENDPOINT": "{seam_api}",
    "SLACK_SIGNING_SECRET": "{secret}",
    "SLACK_BOT_TOKEN": "xoxb-bench",
    "SEAM_API_KEY": "seam_bench",
    "DATABASE_URL": "sqlite:///{db}",
    "LATCHKEY_AUDIT_KEY_FILE": "{db}.key",
    "LATCHKEY_AUDIT_ANCHORS_FILE": "{db}.anchors",
    "LATCHKEY_TIMEZONE": "Europe/Berlin",
    "LOG_LEVEL": "WARNING",
}
# Bolt as its guide shows it: a command, an ack, nothing else.
BARE = """
import sys
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
async def authorize(**_):
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_id="B1", bot_user_id="U1")
app = AsyncApp(signing_secret=sys.argv[2], authorize=authorize)
@app.command("/unlock")
async def unlock(ack):
    await ack("done")
app.start(port=int(sys.argv[1]))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One way of loading a bot: how many commands, how many at once, how long Seam takes (ms)."""

    name: str
    count: int
    at_once: int
    seam_ms: int = 0


ALONE = Load(name="1 in flight, Seam 0 ms", count=300, at_once=1)
SOME = Load(name="16 in flight, Seam 0 ms", count=1000, at_once=16)
CROWD = Load(name="256 in flight, Seam 500 ms", count=1536, at_once=256, seam_ms=500)


def run(kind: str, load: Load, folder: Path) -> dict[str, float]:
    """Start a bot, load it, stop it. Returns the figures."""
    report = folder / "report.json"
    spawn = {
        "ours": f"{PYTHON} -m bot run",
        "floor": f"{PYTHON} {PERF / 'floor_app.py'} --loop asyncio --port {{port}} --seam {{seam_api}} "
        "--secret {secret} --db {db}",
        "bare": f"{PYTHON} {folder / 'bare.py'} {{port}} {{secret}}",
    }[kind]
    word, text = ("/door", "unlock {device}") if kind == "floor" else ("/unlock", "{device}")
    command = [
        PYTHON, str(PERF / "slackload.py"), "--spawn", spawn, "--command", word, "--text", text,
        "--count", str(load.count), "--concurrency", str(load.at_once), "--seam-latency", str(load.seam_ms),
        # A door for each command, since a door takes one command at a time; the first ones are for warming up.
        "--devices", str(load.count + 60), "--json", str(report), "--quiet", "--seed", "1",
    ]  # fmt: skip
    if kind == "ours":
        for key, value in BOT.items():
            command += ["--env", f"{key}={value}"]
    if kind == "bare":
        command += ["--ack-is-answer"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    if not report.exists():
        raise SystemExit(f"{kind}, {load.name}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    found = json.loads(report.read_text())
    report.unlink()
    return {
        "ack p50 ms": found["ack"]["p50_ms"],
        "ack p99 ms": found["ack"]["p99_ms"],
        # What the bot adds to Seam's own time.
        "added to Seam's time, p50 ms": found["final"]["p50_ms"] - load.seam_ms,
        "commands/s": found["per_s"],
        "CPU ms a command": found["bot_cpu_ms_per_command"],
        "memory MiB": found["bot_rss_mib"],
        "start s": found["boot_s"],
        "lost": found["lost"] + found["not_acked"],
        "late": found["acks_over_3s"],
        "twice": found["duplicate_answers"],
    }


# (load, figure, reference, target, whether more is better), as in ../shared/perf.md section 6.
TARGETS = (
    ("T1", SOME, "CPU ms a command", "floor", 5.0, False),
    ("T2", ALONE, "ack p50 ms", "floor", 2.0, False),
    ("  ", ALONE, "ack p50 ms", "bare", None, False),
    ("T3", SOME, "ack p99 ms", "floor", 4.0, False),
    ("  ", SOME, "ack p99 ms", "bare", None, False),
    ("T4", CROWD, "ack p99 ms", "floor", 5.0, False),
    ("T5", ALONE, "added to Seam's time, p50 ms", "floor", 3.0, False),
    ("T6", SOME, "commands/s", "floor", 0.2, True),
    ("  ", SOME, "commands/s", "bare", None, True),
    ("T7", CROWD, "commands/s", "floor", 0.6, True),
    ("T8", SOME, "memory MiB", "floor", 4.0, False),
    ("T9", ALONE, "start s", "bare", 2.0, False),
)


def main() -> int:
    if not PERF.exists():
        print(f"{PERF} is not here: the load generator and the reference are kept beside the repository")
        return 0
    found: dict[tuple[str, str], list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "bare.py").write_text(BARE)
        for _ in range(ROUNDS):
            for load in (ALONE, SOME, CROWD):
                for kind in ("floor", "bare", "ours"):
                    if kind != "bare" or load is not CROWD:  # without Seam's half second it is another load
                        found.setdefault((kind, load.name), []).append(run(kind, load, folder))
    print(f"{'':4}{'figure':32}{'load':30}{'ours':>9}{'reference':>17}{'ratio':>8}{'target':>9}")
    for name, load, figure, reference, target, more in TARGETS:
        ours, other = (median(r[figure] for r in found[k, load.name]) for k in ("ours", reference))
        ratio = ours / other
        held = "" if target is None else f"{'>=' if more else '<='} {target:g}"
        missed = target is not None and (ratio < target if more else ratio > target)
        print(
            f"{name:4}{figure:32}{load.name:30}{ours:9.2f}{f'{reference} {other:.2f}':>17}{ratio:7.2f}x{held:>9}"
            f"{'  MISSED' if missed else ''}"
        )
    for what, words in (
        ("lost", "answers or acks that never came"),
        ("late", "acks after Slack's 3 s"),
        ("twice", "commands with more than one answer (“Still working” after 2.5 s is one)"),
    ):
        counts = ", ".join(
            f"{sum(r[what] for r in found['ours', at.name]):g} ({at.name})" for at in (ALONE, SOME, CROWD)
        )
        print(f"T10 {words}: {counts}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
