"""TLS: the name is verified, the address is pinned, own authorities and client certificates work."""

from __future__ import annotations

import socket
import tempfile
from pathlib import Path

import pytest
from cryptography import x509

from doorbell.egress.client import HttpSender
from doorbell.egress.tls import TlsContexts
from tests.integration.egress.certificates import Authority
from tests.integration.egress.local import request_to
from tests.integration.egress.peers import Peer, ok


def test_a_peer_of_an_own_authority_is_accepted_by_name(
    sender: HttpSender, authority: Authority, tmp_path: Path
) -> None:
    with Peer(ok, tls=authority.server_context(tmp_path, "subscriber.example")) as peer:
        outcome = sender.send(request_to(peer.port, scheme="https", ca_bundle_pem=authority.pem))
    assert (outcome.status, outcome.error) == (200, None)
    assert peer.seen[0].sni == "subscriber.example"
    assert peer.seen[0].header("host") == [f"subscriber.example:{peer.port}"]


def test_a_literal_address_is_verified_against_the_certificates_address(
    sender: HttpSender, authority: Authority, tmp_path: Path
) -> None:
    with Peer(ok, tls=authority.server_context(tmp_path, "127.0.0.1")) as peer:
        outcome = sender.send(
            request_to(peer.port, scheme="https", host="127.0.0.1", ca_bundle_pem=authority.pem)
        )
    assert outcome.is_success


@pytest.mark.parametrize(
    "name", ["other.example", "127.0.0.1", "*.subscriber.example", "subscriber.example.evil.example"]
)
def test_a_certificate_for_another_name_is_refused_though_the_address_is_right(
    sender: HttpSender, authority: Authority, tmp_path: Path, name: str
) -> None:
    with Peer(ok, tls=authority.server_context(tmp_path, name)) as peer:
        outcome = sender.send(request_to(peer.port, scheme="https", ca_bundle_pem=authority.pem))
    assert (outcome.status, outcome.error) == (None, "tls_failed")
    assert "subscriber.example" in outcome.detail
    assert peer.seen == []


def test_an_intermediate_in_the_bundle_is_trusted_without_its_root(
    sender: HttpSender, authority: Authority, tmp_path: Path
) -> None:
    """As with Python's default context: who trusts one department need not trust the whole company."""
    department = Authority(under=authority)
    with Peer(ok, tls=department.server_context(tmp_path, "subscriber.example")) as peer:
        trusted = sender.send(request_to(peer.port, scheme="https", ca_bundle_pem=department.pem))
        stranger = sender.send(request_to(peer.port, scheme="https", ca_bundle_pem=Authority().pem))
    assert (trusted.status, trusted.error) == (200, None)
    assert stranger.error == "tls_failed"


def test_a_common_name_is_no_name(sender: HttpSender, authority: Authority, tmp_path: Path) -> None:
    tls = authority.server_context(tmp_path, "subscriber.example", alternative_names=False)
    with Peer(ok, tls=tls) as peer:
        outcome = sender.send(request_to(peer.port, scheme="https", ca_bundle_pem=authority.pem))
    assert (outcome.status, outcome.error) == (None, "tls_failed")
    assert peer.seen == []


def test_a_certificate_without_key_identifiers_is_accepted(
    sender: HttpSender, authority: Authority, tmp_path: Path
) -> None:
    """X.509 in the strict sense asks for them; what a subscriber's own authority issued stays good."""
    issued = x509.load_pem_x509_certificate(authority.issue("subscriber.example").encode())
    with pytest.raises(x509.ExtensionNotFound):
        issued.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
    with Peer(ok, tls=authority.server_context(tmp_path, "subscriber.example")) as peer:
        outcome = sender.send(request_to(peer.port, scheme="https", ca_bundle_pem=authority.pem))
    assert outcome.is_success


def test_an_own_bundle_stands_in_place_of_the_systems_authorities_not_beside_them(
    sender: HttpSender, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    systems = tmp_path / "system.pem"
    systems.write_text(authority.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(systems))
    with Peer(ok, tls=authority.server_context(tmp_path, "subscriber.example")) as peer:
        by_the_system = sender.send(request_to(peer.port, scheme="https"))
        by_another = sender.send(request_to(peer.port, scheme="https", ca_bundle_pem=Authority().pem))
    assert by_the_system.is_success
    assert by_another.error == "tls_failed"


def test_an_expired_certificate_is_refused(sender: HttpSender, authority: Authority, tmp_path: Path) -> None:
    with Peer(ok, tls=authority.server_context(tmp_path, "subscriber.example", days=-1)) as peer:
        outcome = sender.send(request_to(peer.port, scheme="https", ca_bundle_pem=authority.pem))
    assert outcome.error == "tls_failed"
    assert "expired" in outcome.detail


def test_an_authority_nobody_named_is_refused(
    sender: HttpSender, authority: Authority, tmp_path: Path
) -> None:
    with Peer(ok, tls=authority.server_context(tmp_path, "subscriber.example")) as peer:
        by_the_system = sender.send(request_to(peer.port, scheme="https"))
        by_another = sender.send(request_to(peer.port, scheme="https", ca_bundle_pem=Authority().pem))
    assert [by_the_system.error, by_another.error] == ["tls_failed", "tls_failed"]
    assert peer.seen == []


def test_a_peer_that_speaks_no_tls_is_refused(sender: HttpSender) -> None:
    def plain(sock: socket.socket, peer: Peer) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        sock.recv(1024)

    with Peer(greet=plain) as peer:
        assert sender.send(request_to(peer.port, scheme="https")).error == "tls_failed"


def test_a_client_certificate_is_shown_to_a_peer_that_wants_one(
    sender: HttpSender, authority: Authority, tmp_path: Path
) -> None:
    tls = authority.server_context(tmp_path, "subscriber.example", wants_client=True)
    with Peer(ok, tls=tls) as peer:
        outcome = sender.send(
            request_to(
                peer.port,
                scheme="https",
                ca_bundle_pem=authority.pem,
                client_cert_pem=authority.issue("doorbell", client=True),
            )
        )
    assert (outcome.status, outcome.error) == (200, None)


def test_without_one_or_with_a_strangers_such_a_peer_refuses(
    sender: HttpSender, authority: Authority, tmp_path: Path
) -> None:
    tls = authority.server_context(tmp_path, "subscriber.example", wants_client=True)
    with Peer(ok, tls=tls) as peer:
        for certificate in (None, Authority().issue("doorbell", client=True)):
            outcome = sender.send(
                request_to(
                    peer.port, scheme="https", ca_bundle_pem=authority.pem, client_cert_pem=certificate
                )
            )
            assert outcome.error in ("tls_failed", "connection_lost")
    assert peer.seen == []


def test_the_key_of_a_client_certificate_does_not_stay_on_disk(
    sender: HttpSender, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    good = authority.issue("doorbell", client=True)
    for certificate in (good, good[:200], ""):
        sender.send(request_to(9, scheme="https", client_cert_pem=certificate))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("what", ["ca_bundle_pem", "client_cert_pem"])
@pytest.mark.parametrize(
    "pem", ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "\u00e4"]
)
def test_material_that_is_no_pem_is_named_and_nothing_is_sent(
    sender: HttpSender, what: str, pem: str
) -> None:
    with Peer(ok) as peer:
        outcome = sender.send(request_to(peer.port, scheme="https", **{what: pem}))
    assert (outcome.error, peer.connections) == ("tls_config_invalid", 0)


def test_a_key_under_a_password_is_refused_and_nobody_is_asked_for_it(
    sender: HttpSender, authority: Authority
) -> None:
    locked = authority.issue("doorbell", client=True, password=b"s3cr3t")
    outcome = sender.send(request_to(9, scheme="https", client_cert_pem=locked))
    assert outcome.error == "tls_config_invalid"


def test_session_keys_are_not_written_where_the_environment_says(
    sender: HttpSender, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "keys.log"
    monkeypatch.setenv("SSLKEYLOGFILE", str(log))
    with Peer(ok, tls=authority.server_context(tmp_path, "subscriber.example")) as peer:
        request = request_to(peer.port, scheme="https", ca_bundle_pem=authority.pem)
        assert sender.send(request).is_success
    assert not log.exists()


def test_a_context_is_made_once_and_that_in_use_makes_room_for_no_other(authority: Authority) -> None:
    contexts = TlsContexts(limit=2)
    first = contexts.get((authority.pem, None))
    for _ in range(3):
        assert contexts.get((authority.pem, None)) is first
        contexts.get((Authority().pem, None))
