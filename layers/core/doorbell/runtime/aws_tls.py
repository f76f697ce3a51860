"""One TLS context for all that speaks to AWS. It has read the CA bundle once.

botocore gives every client a context of its own, and urllib3 reads the bundle into it once more for every
new connection: some 20 ms of processor time each, three times that in a small function.
https://github.com/urllib3/urllib3/issues/3623
"""

import ssl
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.httpsession import URLLib3Session, create_urllib3_context, get_cert_path
from botocore.utils import get_environ_proxies


class OneContext(URLLib3Session):
    """botocore's HTTP session, for all clients of `config`. Certificates are verified as ever: by the bundle
    that `verify` names, against the host's name."""

    def __init__(self, config: Any, verify: Any) -> None:
        self.context: ssl.SSLContext = create_urllib3_context()
        self.context.load_verify_locations(get_cert_path(verify))
        timeout: Any = (config.connect_timeout, config.read_timeout)
        super().__init__(verify, timeout=timeout, max_pool_connections=config.max_pool_connections)

    def _get_ssl_context(self) -> ssl.SSLContext:
        return self.context

    def _setup_ssl_cert(self, conn: Any, url: str, verify: Any) -> None:
        conn.cert_reqs, conn.ca_certs = "CERT_REQUIRED", None  # the context has read them


_one = cache(OneContext)


def share(client: Any, config: Config) -> None:
    """Let `client`, new and made with `config`, use the one session. Not one that speaks plain HTTP, or goes
    by a proxy of the environment: its own knows how. botocore has no public place for this;
    `tests/integration/test_aws_tls.py` sees that it holds."""
    endpoint = client._endpoint
    if endpoint.host.startswith("https:") and not get_environ_proxies(endpoint.host):
        endpoint.http_session = _one(config, endpoint.http_session._verify)


def context_of(client: Any) -> ssl.SSLContext | None:
    """The context that `client` shares, if it does."""
    session = client._endpoint.http_session
    return session.context if isinstance(session, OneContext) else None
