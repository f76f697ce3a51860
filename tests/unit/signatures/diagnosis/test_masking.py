"""What is kept of a refused request bears no credential, right or wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorbell.domain.requests import RawRequest
from doorbell.domain.sources import Source
from doorbell.signatures.diagnosis.masking import TRAVELS, masked
from tests.support.builders import a_request, a_source
from tests.unit.signatures.cases import CASES

WRONG = "a-wrong-credential"


def kept(source: Source, request: RawRequest, *secrets: str) -> tuple[str, tuple[str, ...]]:
    """Everything that is kept, as one text, and where something was masked."""
    bare, where = masked(source, request, secrets)
    return f"{bare.url} {bare.raw_query} {bare.headers} {bare.body!r}", where


@pytest.mark.parametrize(
    ("source", "request_", "where"),
    [
        (
            a_source(provider="token", options={"header": "X-Pass"}),
            a_request(headers={"x-pass": WRONG}),
            "header x-pass",
        ),
        (a_source(provider="basic"), a_request(headers={"authorization": WRONG}), "header authorization"),
        (
            a_source(provider="url-secret"),
            a_request(url=f"https://h/in/s?secret={WRONG}&b=1", raw_query=f"secret={WRONG}&b=1"),
            "query secret",
        ),
        (
            a_source(provider="url-secret", options={"query": "k"}),
            a_request(url=f"https://h/in/s?k={WRONG}", raw_query=f"k={WRONG}"),
            "query k",
        ),
        (
            a_source(provider="github"),
            a_request(url=f"https://h/in/s?access_token={WRONG}", raw_query=f"access_token={WRONG}"),
            "query access_token",
        ),
        (
            a_source(provider="customerio"),
            a_request(headers={"cookie": WRONG}),
            "header cookie",
        ),
        (
            a_source(provider="microsoft-graph"),
            a_request(b'{"value":[{"clientState":"a-wrong-credential","id":1}]}', headers={}),
            "body",
        ),
        (a_source(provider="microsoft-graph"), a_request(b"{a-wrong-credential", headers={}), "body"),
    ],
)  # fmt: skip
def test_a_wrong_credential_is_masked_where_its_provider_puts_it(
    source: Source, request_: RawRequest, where: str
) -> None:
    text, found = kept(source, request_)
    assert WRONG not in text
    assert found == (where,)


@pytest.mark.parametrize("name", sorted(CASES))
def test_no_provider_s_genuine_request_is_kept_with_its_secret(name: str) -> None:
    case = CASES[name]
    text, _ = kept(case.source(), case.signed(), case.stored, case.signing)
    assert case.stored not in text or case.stored.startswith(("-----BEGIN", "arn:")) or len(case.stored) < 6


@pytest.mark.parametrize("name", sorted(name for name in CASES if CASES[name].entry.special in TRAVELS))
def test_where_the_secret_itself_travels_a_wrong_one_is_masked_too(name: str) -> None:
    """A provider's new secret, while the source has the old one."""
    case = CASES[name]
    wrong = f"{WRONG}:{WRONG}" if case.entry.parameters.get("basic") else WRONG
    request = replace(case, signing=wrong).signed()
    bare, where = masked(case.source(), request, [case.stored])
    assert where
    assert WRONG not in str((bare.url, bare.raw_query, bare.headers, bare.body))


def test_a_secret_is_found_as_a_url_writes_it_and_inside_a_packed_body() -> None:
    import gzip

    source = a_source()
    query = "next=the%20right%20secret"
    request = a_request(gzip.compress(b"the right secret"), url=f"https://h/in/s?{query}", raw_query=query)
    bare, where = masked(source, request, ["the right secret"])
    assert (bare.raw_query, bare.body) == ("next=[masked]", b"")
    assert where == ("query next", "body")


def test_what_bears_no_credential_is_kept_to_the_byte() -> None:
    request = a_request(b"\xff\x00 any", raw_query="a=1&&b", url="https://h/in/s?a=1&&b")
    assert masked(a_source(), request, ["the right secret"]) == (request, ())


@given(
    st.sampled_from(sorted(CASES)), st.binary(max_size=200), st.text(max_size=80),
    st.dictionaries(st.text(max_size=20), st.text(max_size=40), max_size=5),
)  # fmt: skip
def test_no_request_makes_it_raise(name: str, body: bytes, query: str, headers: dict[str, str]) -> None:
    request = RawRequest("POST", f"https://h/in/s?{query}", "/in/s", query, headers, body)
    bare, where = masked(CASES[name].source(), request, [CASES[name].stored])
    assert len(bare.headers) == len(headers)
    assert replace(bare, came_at=1.0).path == "/in/s"
    assert all(isinstance(place, str) for place in where)
