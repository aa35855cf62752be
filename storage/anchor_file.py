"""The file of anchors: lines are added and flushed to the disk, never changed."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from bot.domain.audit_anchors import Anchor, Unreadable, read_anchors


class AnchorFile:
    """Raises `OSError` when the disk does not take or give it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> tuple[list[Anchor], Unreadable | None]:
        """Every anchor, and the first line that is none. A file that is not there has none."""
        try:
            return read_anchors(self.path.read_text("utf-8", errors="replace"))
        except FileNotFoundError:
            return [], None

    def add(self, anchor: Anchor) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)  # several processes of one machine may share the file
            end = os.lseek(handle, 0, os.SEEK_END)
            # A write that a crash cut short must not swallow the next line.
            torn = end > 0 and os.pread(handle, 1, end - 1) != b"\n"
            if torn:
                whole = self.path.read_bytes()
                os.ftruncate(handle, whole.rfind(b"\n") + 1)
            os.write(handle, f"{anchor.line()}\n".encode())
            os.fsync(handle)
        finally:
            os.close(handle)
