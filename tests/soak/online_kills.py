"""Kills a run that asks an online service, again and again, and compares what comes out in the end.

A server on this machine answers every phrase and logs it. A run over a table of unknown villages is killed at random
times, started again each time, and finished at last. Told are the kills, the rows lost, and the requests that were made
again though their answer had been received.

    python tests/soak/online_kills.py 50
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

SERVER = Path(__file__).parent.parent / "online_server.py"
# The server takes so long for an answer, in seconds.
SLOW = 0.05
# About the length of a line of its log, in bytes; an answer has two.
LINE = 18
RUN = """
import sys
import pandas as pd
import gazetteer
import geoevents as ge
table, output, url = sys.argv[1:]
geocoder = gazetteer.Geocoder(user_agent="geoevents-tests (tests@example.org)", domain=url, seconds=0.02, timeout=5.0)
ge.write(ge.locate(ge.read(table), online=geocoder), output)
"""


def main() -> int:
    """Run, kill, compare; 1 when a row is lost or an answered request is made again."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kills", type=int, nargs="?", default=50)
    parser.add_argument("--rows", type=int, default=0, help="Of the table; as many as the kills need, when 0.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        return examine(options, options.folder or Path(temporary))


def examine(options: argparse.Namespace, folder: Path) -> int:
    """Kill runs in a folder, and say what was lost."""
    import geopandas as gpd

    rng = random.Random(options.seed)
    rows = options.rows or 20 + 8 * options.kills
    table, output, log = folder / "table.csv", folder / "out.geojson", folder / "requests.log"
    table.write_text("location\n" + "".join(f"Zyxaul {number}\n" for number in range(rows)), encoding="utf-8")
    log.touch()
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "NO_PROXY": "127.0.0.1"}
    server = subprocess.Popen(
        [sys.executable, str(SERVER), str(log), str(SLOW)], stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        url = server.stdout.readline().strip()  # type: ignore[union-attr]
        command = [sys.executable, "-c", RUN, str(table), str(output), url]
        killed = sum(kill_one(command, environment, log, rng) for _ in range(options.kills))
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    finally:
        server.terminate()
        server.wait()
    lines = [line.split("\t") for line in log.read_text(encoding="utf-8").splitlines()]
    asked = Counter(phrase for what, phrase in lines if what == "asked")
    again = {phrase: n for phrase, n in asked.items() if n > 1}
    events = gpd.read_file(output)
    lost = rows - int((events["match_method"] == "online").sum())
    # A kill on the way costs the one request that was not answered yet.
    beyond = max(sum(again.values()) - len(again) - killed, 0)
    print(f"kills: {killed}; rows: {rows}; requests: {asked.total()}; on their way when killed: {len(again)}")
    print(f"rows lost: {lost}")
    print(f"answered requests made again: {beyond}")
    return int(lost != 0 or beyond != 0 or set(asked) != {f"Zyxaul {number}" for number in range(rows)})


def kill_one(command: list[str], environment: dict[str, str], log: Path, rng: random.Random) -> bool:
    """Start a run and kill it a few requests later; return whether it still ran."""
    wanted = log.stat().st_size + rng.randrange(LINE, 12 * LINE)
    with subprocess.Popen(command, env=environment) as run:
        while run.poll() is None and log.stat().st_size < wanted:
            time.sleep(0.005)
        time.sleep(rng.uniform(0.0, 1.5 * SLOW))
        alive = run.poll() is None
        run.send_signal(signal.SIGKILL)
    return alive


if __name__ == "__main__":
    sys.exit(main())
