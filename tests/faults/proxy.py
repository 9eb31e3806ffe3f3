"""A network that can be cut: forwards connections to a port; told on stdin to cut, freeze, open.

`python proxy.py LISTEN TARGET`, both ports of 127.0.0.1.
"""

import asyncio
import sys
from contextlib import suppress

streams: set[asyncio.StreamWriter] = set()
state = "open"
thawed = asyncio.Event()


async def forward(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(1 << 16):
            await thawed.wait()
            sink.write(data)
            await sink.drain()
    sink.close()


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await thawed.wait()
    if state == "cut":
        writer.transport.abort()
        return
    try:
        there, target = await asyncio.open_connection("127.0.0.1", int(sys.argv[2]))
    except OSError:
        writer.transport.abort()
        return
    ours = {writer, target}
    streams.update(ours)
    await asyncio.gather(forward(reader, target), forward(there, writer))
    streams.difference_update(ours)


async def main() -> None:
    global state
    thawed.set()
    await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]))
    loop = asyncio.get_running_loop()
    print("ready", flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        state = line.strip()
        if state == "freeze":
            thawed.clear()
        else:
            thawed.set()
        if state == "cut":
            for one in list(streams):
                one.transport.abort()
        print(state, flush=True)


asyncio.run(main())
