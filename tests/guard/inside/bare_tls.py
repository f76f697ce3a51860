"""Ten times what a delivery on a new connection cannot do without: connect, shake hands, post 2 KB, read."""

import os
import socket
import ssl
from urllib.parse import urlsplit

from stages import requests, stage, told

stage("start")
context = ssl.create_default_context()
context.verify_flags &= ~ssl.VERIFY_X509_STRICT
url = urlsplit(os.environ["BENCH_SUBSCRIBER_URL"])
body = b"x" * 2048
head = f"POST {url.path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n".encode()
stage("imported")


def posted() -> None:
    for _ in range(10):
        with (
            socket.create_connection(("127.0.0.1", url.port or 443)) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as connection,
        ):
            connection.sendall(head + body)
            assert connection.recv(16_384).startswith(b"HTTP/1.1 200")


requests(posted)
told()
