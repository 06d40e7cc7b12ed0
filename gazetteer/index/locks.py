"""Locks that survive a fork: a child never inherits one that another thread of its parent holds."""

from __future__ import annotations

import os
from threading import Lock

__all__ = ["fork_safe_lock"]


def fork_safe_lock() -> Lock:
    """Return a lock that a fork waits for, so that it is free in the parent and in the child.

    For modules, which make one each: what is registered with the interpreter stays for good.
    """
    lock = Lock()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release)
    return lock
