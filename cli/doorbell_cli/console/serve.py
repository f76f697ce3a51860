"""The console's server: this machine's own address, a free port."""

import socket

import uvicorn
from starlette.types import ASGIApp

HOST = "127.0.0.1"


def listening(port: int) -> socket.socket:
    """A socket at this machine's own address; `port` 0: a free one. Raises `OSError`."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((HOST, port))
    except OSError:
        found.close()
        raise
    return found


def server_of(app: ASGIApp) -> uvicorn.Server:
    """`run(sockets=[…])` serves until Ctrl-C. It writes no access log: an address may carry the token."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
    )
