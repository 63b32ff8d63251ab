"""Laid on a process's path, it refuses and records every attempt to reach beyond this machine."""

from __future__ import annotations

import ipaddress
import os
import socket
from pathlib import Path
from typing import Any

RECORD = Path(os.environ["QUARANTINE_RECORD"])
NAMES = {"localhost", "", None, "0.0.0.0", "::"}


def _is_here(host: Any) -> bool:
    if isinstance(host, bytes):
        host = host.decode()
    if host in NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse(what: str, host: Any) -> None:
    with RECORD.open("a") as record:
        record.write(f"{what} {host!r}\n")
    raise OSError(101, "Network is unreachable")


def _guard_method(name: str, place: int) -> None:
    """Guard a method of sockets whose address is its argument at `place`."""
    original = getattr(socket.socket, name)

    def method(self: socket.socket, *args: Any) -> Any:
        internet = self.family in (socket.AF_INET, socket.AF_INET6)
        if internet and isinstance(args[place], tuple) and not _is_here(args[place][0]):
            _refuse(name, args[place][0])
        return original(self, *args)

    setattr(socket.socket, name, method)


def _guard_lookup(name: str) -> None:
    original = getattr(socket, name)

    def looking_up(host: Any, *args: Any, **more: Any) -> Any:
        if not _is_here(host):
            _refuse(name, host)
        return original(host, *args, **more)

    setattr(socket, name, looking_up)


for _name, _place in (("connect", 0), ("connect_ex", 0), ("sendto", -1)):
    _guard_method(_name, _place)
for _name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
    _guard_lookup(_name)
