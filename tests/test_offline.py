"""Nothing leaves the machine unless it is told to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_nothing_opens_a_socket_unasked() -> None:
    """No public function and no command opens a socket or looks a name up; every one of them is called."""
    script = Path(__file__).parent / "offline_calls.py"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(script)], capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert done.stdout == "not called: []\ntouched the network: []\n", done.stdout + done.stderr
