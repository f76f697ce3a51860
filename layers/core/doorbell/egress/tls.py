"""TLS contexts: certificates verified against the host name always, own CA bundle and client certificate on
request."""

from __future__ import annotations

import os
import ssl
import tempfile
import threading
from collections import OrderedDict
from typing import Final

from doorbell.egress.errors import RequestRefused

MAX_CONTEXTS: Final = 32
"""A context with the system's CA certificates is about 1 MB and 20 ms to make."""

type TlsMaterial = tuple[str | None, str | None]
"""(CA bundle, client certificate chain and key), PEM."""


class TlsContexts:
    """Contexts by their material, the least recently used dropped. Thread-safe."""

    def __init__(self, limit: int = MAX_CONTEXTS) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._contexts: OrderedDict[TlsMaterial, ssl.SSLContext] = OrderedDict()

    def get(self, material: TlsMaterial) -> ssl.SSLContext:
        with self._lock:
            context = self._contexts.get(material)
            if context is None:
                context = make_context(*material)
                self._contexts[material] = context
                if len(self._contexts) > self._limit:
                    self._contexts.popitem(last=False)
            self._contexts.move_to_end(material)
            return context


def make_context(ca_bundle_pem: str | None, client_cert_pem: str | None) -> ssl.SSLContext:
    """An own CA bundle stands in place of the system's. Raises RequestRefused `tls_config_invalid`."""
    # Not ssl.create_default_context: that writes session keys to the file SSLKEYLOGFILE names.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    # As ssl.create_default_context since Python 3.13: an intermediate in the bundle is trusted by itself. Not
    # its VERIFY_X509_STRICT: that refuses certificates without key identifiers, which small authorities
    # issue, and those of a public one that has none (https://github.com/python/cpython/issues/107361).
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.hostname_checks_common_name = False  # RFC 9525, 2: a name is an alternative name
    if ca_bundle_pem is None:
        context.load_default_certs()
    else:
        try:
            context.load_verify_locations(cadata=ca_bundle_pem)
        except (OSError, ValueError, TypeError) as error:  # TypeError: not ASCII
            raise RequestRefused("tls_config_invalid", "no certificate in the CA bundle") from error
    if client_cert_pem is not None:
        _load_client_certificate(context, client_cert_pem)
    return context


def _load_client_certificate(context: ssl.SSLContext, pem: str) -> None:
    """`ssl` takes a key from a file only: one that this user alone may read, removed before this returns."""
    path = None
    try:
        descriptor, path = tempfile.mkstemp(prefix="doorbell-")  # mode 0600
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(pem)
        # A password, though empty: without one OpenSSL asks the terminal when the key is encrypted.
        context.load_cert_chain(path, password="")
    except (OSError, ValueError) as error:
        raise RequestRefused("tls_config_invalid", "no client certificate with its plain key") from error
    finally:
        if path is not None:
            os.unlink(path)
