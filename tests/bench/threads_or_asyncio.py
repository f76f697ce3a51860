"""What a request to a subscriber costs on threads, through all of `egress`, and on asyncio without it.

`python -m tests.bench.threads_or_asyncio <threads or asyncio> <in flight> <kept or fresh>`: microseconds of
CPU for a request, seconds for all, and the most memory of the process in KiB. One way in a process, as memory
is that of the process. Asyncio has a connection to the address, a time-out, a limit on the answer, and a
parser of the one kind of answer that the subscriber gives.
"""

import asyncio
import os
import ssl
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from doorbell.domain.outbound import OutboundRequest
from doorbell.egress.guard import EgressPolicy
from doorbell.egress.idle import IdleConnections
from doorbell.egress.tls import make_context
from doorbell.egress.transport import Transport
from tests.bench.dispatcher_subscriber import subscriber
from tests.bench.inside.measure import peak_kib
from tests.integration.egress.certificates import Authority

REQUESTS = 600
SECONDS = 15.0
LARGEST = 64 * 1024
BODY = b"x" * 2048
HEADERS = tuple((f"x-header-{number}", "v" * 20) for number in range(15))


class _Answer(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport
        self._came = b""
        self.whole: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        self._came += data
        if len(self._came) > LARGEST:
            self.transport.abort()
        end = self._came.find(b"\r\n\r\n")
        if end < 0:
            return
        lines = self._came[:end].decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines[1:])
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        if len(self._came) >= end + 4 + int(headers["content-length"]):
            self._came = b""
            self.whole.set_result(int(lines[0].split()[1]))


def on_asyncio(port: int, in_flight: int, kept: bool) -> Callable[[int], None]:
    context, idle = make_context(None, None), list[_Answer]()
    lines = [f"Host: localhost:{port}", f"content-length: {len(BODY)}", *(f"{n}: {v}" for n, v in HEADERS)]
    request = "\r\n".join(["POST /bare HTTP/1.1", *lines, "", ""]).encode() + BODY

    async def one(places: asyncio.Semaphore) -> None:
        loop = asyncio.get_running_loop()
        async with places, asyncio.timeout(SECONDS):
            if kept and idle:
                connection = idle.pop()
                connection.whole = loop.create_future()
            else:
                _, connection = await loop.create_connection(
                    _Answer, "127.0.0.1", port, ssl=context, server_hostname="localhost"
                )
            connection.transport.write(request)
            assert await connection.whole == 200
            if kept:
                idle.append(connection)
            else:
                connection.transport.abort()

    async def all_of(count: int) -> None:
        places = asyncio.Semaphore(in_flight)
        await asyncio.gather(*(one(places) for _ in range(count)))

    loop = asyncio.new_event_loop()
    return lambda count: loop.run_until_complete(all_of(count))


def on_threads(port: int, in_flight: int, kept: bool) -> Callable[[int], None]:
    policy = EgressPolicy(allowed_ports=None, allowed_cidrs=("127.0.0.0/8", "::1/128"))
    transport = Transport(policy, idle=IdleConnections(per_key=in_flight if kept else 0))
    url, threads = f"https://localhost:{port}/bare", ThreadPoolExecutor(in_flight)

    def one(_: int) -> None:
        request = OutboundRequest(url=url, headers=HEADERS, body=BODY, timeout_seconds=SECONDS)
        assert transport.exchange(request, LARGEST, 2.0).status == 200

    def all_of(count: int) -> None:
        list(threads.map(one, range(count)))

    return all_of


def main(way: str, in_flight: int, kept: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="doorbell-bench-") as folder:
        authority = Authority()
        certificate, trusted = Path(folder, "localhost.pem"), Path(folder, "authority.pem")
        certificate.write_text(authority.issue("localhost"))
        trusted.write_text(authority.pem)
        os.environ["SSL_CERT_FILE"] = str(trusted)
        assert ssl.get_default_verify_paths().cafile == str(trusted)
        with subscriber(certificate) as url:
            make = on_asyncio if way == "asyncio" else on_threads
            run = make(int(url.rpartition(":")[2]), in_flight, kept)
            run(2 * in_flight)
            cpu, wall = time.process_time(), time.perf_counter()
            run(REQUESTS)
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(f"{way}, {in_flight} in flight: {1e6 * cpu / REQUESTS:.0f} µs, {wall:.2f} s, {peak_kib()} KiB")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3] == "kept")
