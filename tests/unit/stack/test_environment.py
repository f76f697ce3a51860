"""What the processes of a local stack are given of the caller's environment."""

from __future__ import annotations

import pytest

from doorbell_cli.stack.environment import aws_environ, clean_environ

OF_AWS = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3", "AWS_CA_BUNDLE", "SAM_CLI_ROLE")
TO_REACH_PACKAGES = (
    "HOME", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "XDG_CACHE_HOME", "PIP_INDEX_URL", "UV_INDEX_URL",
    "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
)  # fmt: skip


def test_the_way_to_packages_is_kept_and_nothing_that_leads_to_a_real_account(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in (*OF_AWS, *TO_REACH_PACKAGES):
        monkeypatch.setenv(name, f"the caller's {name}")
    kept = clean_environ()
    assert {name: kept.get(name) for name in TO_REACH_PACKAGES} == {
        name: f"the caller's {name}" for name in TO_REACH_PACKAGES
    }
    assert not set(OF_AWS) & set(kept)


def test_who_speaks_to_the_local_stack_reads_no_profile_and_asks_no_machine_for_credentials() -> None:
    given = clean_environ(**aws_environ("http://127.0.0.1:4566"))
    assert given["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert (given["AWS_ACCESS_KEY_ID"], given["AWS_SECRET_ACCESS_KEY"]) == ("test", "test")
    assert given["AWS_REGION"] == given["AWS_DEFAULT_REGION"]
    assert {given["AWS_CONFIG_FILE"], given["AWS_SHARED_CREDENTIALS_FILE"]} == {"/dev/null"}
    assert given["AWS_EC2_METADATA_DISABLED"] == "true"
