"""Runs a command where nothing but this machine can be reached, and records attempts to leave it.

`python tests/quarantine.py RECORD COMMAND…`. In Python every attempt is refused by a guard; where
the system allows a network namespace of its own, the kernel refuses what other code tries, and its
counters tell of it. `python tests/quarantine.py --serve` starts the window and fetches its page.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GUARD = ROOT / "tests" / "guard"
INSIDE = "--inside"
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
READY_SECONDS = 120
COUNTERS = {
    "snmp": (("Ip", "OutNoRoutes"), ("Udp", "OutDatagrams")),
    "snmp6": (("Ip6OutNoRoutes", ""), ("Udp6OutDatagrams", "")),
}


def namespaces_allowed() -> bool:
    """Whether this system lets us make a network namespace of our own."""
    unshare = shutil.which("unshare")
    if not unshare or not sys.platform.startswith("linux"):
        return False
    return subprocess.run([unshare, "-rn", "true"], capture_output=True, check=False).returncode == 0


def quarantined(record: Path, *command: str) -> list[str]:
    """The command line that runs `command` in quarantine."""
    inside = [sys.executable, str(Path(__file__)), str(record), *command]
    return ["unshare", "-rn", *inside[:2], INSIDE, *inside[2:]] if namespaces_allowed() else inside


def environment(home: Path, record: Path, **more: str) -> dict[str, str]:
    """An environment with an empty home, no setting of the person who runs the tests, and the guard."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    own = {
        "HOME": str(home),
        "PYTHONPATH": f"{GUARD}{os.pathsep}{ROOT}",
        "QUARANTINE_RECORD": str(record),
    }
    return kept | own | more


def main(arguments: list[str]) -> int:
    if arguments == ["--serve"]:
        return serve_and_fetch()
    inside = arguments[0] == INSIDE
    record, *command = arguments[1:] if inside else arguments
    if inside:
        raise_loopback()
    code = subprocess.run(command, check=False).returncode
    if inside:
        with Path(record).open("a") as file:
            file.writelines(f"{line}\n" for line in kernel_counts())
    return code


def raise_loopback() -> None:
    """A new namespace's own loopback is down at first."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        asked = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(probe, SIOCGIFFLAGS, asked))[1]
        fcntl.ioctl(probe, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def kernel_counts() -> list[str]:
    """What the kernel has counted in this namespace of packets that had nowhere to go, where not nought."""
    counts: dict[str, int] = {}
    heads: dict[str, list[str]] = {}
    for line in Path("/proc/net/snmp").read_text().splitlines():
        name, *values = line.replace(":", "").split()
        if name in heads:
            counts |= {f"{name} {h}": int(v) for h, v in zip(heads[name], values, strict=True)}
        else:
            heads[name] = values
    snmp6 = Path("/proc/net/snmp6")
    if snmp6.exists():
        counts |= {k: int(v) for k, v in re.findall(r"(\S+)\s+(\d+)", snmp6.read_text())}
    watched = [" ".join(filter(None, pair)) for pairs in COUNTERS.values() for pair in pairs]
    return [f"kernel {name} {counts[name]}" for name in watched if counts.get(name)]


def serve_and_fetch() -> int:
    """Start the window as a visitor's machine would, fetch its page, and end it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = {**os.environ, "PORT": str(port), "HOST": "127.0.0.1"}
    served = subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True
    )
    try:
        assert served.stdout is not None
        ready = served.stdout.readline()
        until = time.monotonic() + READY_SECONDS
        while "ready" not in ready and time.monotonic() < until and served.poll() is None:
            ready = served.stdout.readline()
        if "ready" not in ready:
            return 1
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as page:
            print(page.status, "Counterpoint" in page.read().decode())
    finally:
        served.terminate()
        served.wait(30)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
