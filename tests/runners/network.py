"""Hosts of one machine: network namespaces on a switch of their own; none of it is the machine's.

The first, the head, has the switch in it and the address 10.99.0.1; the others have 10.99.0.2 …
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

HEAD = "10.99.0.1"


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


@dataclass(frozen=True)
class Network:
    """Namespaces by the names of their hosts."""

    prefix: str

    def on(self, host: str, *command: str) -> list[str]:
        """Give a command as it runs on a host."""
        return ["ip", "netns", "exec", f"{self.prefix}-{host}", *command]

    def unplug(self, host: str) -> None:
        """Take a host's cable out of the switch: nothing arrives, and nobody is told."""
        ip("-n", f"{self.prefix}-head", "link", "set", f"to-{host}", "nomaster")

    def plug(self, host: str) -> None:
        ip("-n", f"{self.prefix}-head", "link", "set", f"to-{host}", "master", "switch")


@contextmanager
def network(name: str, *hosts: str) -> Iterator[Network]:
    prefix = f"ms{os.getpid()}{name}"
    with ExitStack() as stack:
        for host in ("head", *hosts):
            ip("netns", "add", f"{prefix}-{host}")
            stack.callback(ip, "netns", "delete", f"{prefix}-{host}")
            ip("-n", f"{prefix}-{host}", "link", "set", "lo", "up")
        head = f"{prefix}-head"
        ip("-n", head, "link", "add", "switch", "type", "bridge")
        ip("-n", head, "address", "add", f"{HEAD}/24", "dev", "switch")
        ip("-n", head, "link", "set", "switch", "up")
        made = Network(prefix)
        for number, host in enumerate(hosts, 2):
            space = f"{prefix}-{host}"
            ip("link", "add", f"to-{host}", "netns", head, "type", "veth",
               "peer", "name", "eth0", "netns", space)  # fmt: skip
            made.plug(host)
            ip("-n", head, "link", "set", f"to-{host}", "up")
            ip("-n", space, "address", "add", f"10.99.0.{number}/24", "dev", "eth0")
            ip("-n", space, "link", "set", "eth0", "up")
        yield made
