"""A subscriber on TLS that reads everything and answers 200 with more than anybody keeps of an answer.

`python -m tests.bench.memory_subscriber <certificate and key>` prints its URL.
"""

import asyncio
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.served import served
from tests.integration.egress.certificates import Authority

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 131072\r\n\r\n" + b"x" * 131_072


async def _serve(certificate: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, ssl=context)
    print(f"https://localhost:{server.sockets[0].getsockname()[1]}/hook", flush=True)
    await server.serve_forever()


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            await reader.readexactly(int(head.partition("content-length:")[2].partition("\r\n")[0]))
            writer.write(ANSWER)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


@contextmanager
def subscriber(folder: Path) -> Iterator[tuple[str, Path]]:
    """Its URL, and the certificate of the authority that vouches for it. `folder` is for its files."""
    authority, certificate, trusted = Authority(), folder / "localhost.pem", folder / "authority.pem"
    certificate.write_text(authority.issue("localhost"))
    trusted.write_text(authority.pem)
    with served("tests.bench.memory_subscriber", str(certificate)) as url:
        yield url, trusted


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
