"""uvloop: a loop in each thread, with sockets, a subprocess, the thread pool and signals' wake-up."""

import asyncio
import sys

import uvloop

from workout import in_threads


async def echo(reader, writer):
    writer.write(await reader.readline())
    await writer.drain()
    writer.close()


async def exchange(number):
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]

    async def ask(turn):
        reader, writer = await asyncio.open_connection(host, port)
        line = b"%d %d\n" % (number, turn)
        writer.write(line)
        assert await reader.readline() == line
        writer.close()

    await asyncio.gather(*(ask(turn) for turn in range(20)))
    server.close()
    await server.wait_closed()

    loop = asyncio.get_running_loop()
    pooled = await asyncio.gather(*(loop.run_in_executor(None, pow, 3, n) for n in range(20)))
    assert pooled == [3**n for n in range(20)]
    await loop.getaddrinfo("127.0.0.1", port)
    return number


async def child():
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "print(6 * 7)", stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert (out, process.returncode) == (b"42\n", 0)


def run(main):
    loop = uvloop.new_event_loop()
    try:
        return loop.run_until_complete(main)
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


assert in_threads(lambda number: run(exchange(number))) == [0, 1, 2, 3]
run(child())
print("uvloop ok")
