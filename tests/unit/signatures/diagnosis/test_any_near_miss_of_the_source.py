"""A source's URL or scheme that is nearly right: a fit that is said is one, and each there is is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorbell.signatures.diagnosis.near_misses import diagnose
from doorbell.signatures.signing.request import sign_request
from tests.support.builders import a_source
from tests.unit.signatures.cases import NOW
from tests.unit.signatures.diagnosis.refusing import fits, refused

SECRET, URL = "the_right secret", "https://hooks.example/in/github-main"
SIGNS_URL = {"signature": {"header": "x-sig"}, "message": ["url", "body"]}
hosts = st.sampled_from(["hooks.example", "other.example"])
paths = st.lists(st.sampled_from(["prod", "in", "x"]), max_size=3).map(lambda parts: "/".join(["", *parts]))
urls = st.builds(
    lambda scheme, host, port, path, end, query: f"{scheme}://{host}{port}{path or '/'}{end}{query}",
    st.sampled_from(["https", "https", "http"]),
    hosts,
    st.sampled_from(["", "", ":443"]),
    paths,
    st.sampled_from(["", "/"]),
    st.sampled_from(["", "?a=1"]),
)


@given(urls, urls, urls)
def test_a_url_that_is_said_to_fit_is_the_one_that_was_signed(signed: str, public: str, called: str) -> None:
    source = a_source(provider="hmac", scheme=SIGNS_URL, public_url=public)
    made = sign_request("hmac", SECRET, url=signed, body=b"{}", headers={}, now=NOW, scheme=SIGNS_URL)
    query = called.partition("?")[2]
    for words in fits(source, replace(made, url=called, raw_query=query), SECRET):
        assert words.startswith("the URL ")
        assert words.rpartition(": ")[2] == signed.partition("?")[0]


URLS: Mapping[str, Callable[[str], str]] = {
    "the URL without its query": lambda url: f"{url}?a=1",
    "the URL with http": lambda url: url.replace("http:", "https:"),
    "the URL without the slash at its end": lambda url: f"{url}/",
    "the URL with a slash at its end": lambda url: url.removesuffix("/"),
    "the URL without /stage": lambda url: url.replace(".example/", ".example/stage/"),
    "the URL with its port": lambda url: url.replace(":443", ""),
}
"""What is planted: how the source's URL differs from the one that was signed."""


@pytest.mark.parametrize("words", URLS)
@pytest.mark.parametrize(("path", "query"), [("in/x", ""), ("in/y/z", "?b=2")])
def test_each_url_that_differs_in_one_thing_is_found(words: str, path: str, query: str) -> None:
    scheme = "http" if words.endswith("http") else "https"
    port = ":443" if words.endswith("port") else ""
    end = "/" if words.endswith("with a slash at its end") else ""
    address = f"{scheme}://hooks.example{port}/{path}{end}"
    query = "" if words.endswith("query") else query
    signed, public = f"{address}{query}", f"{URLS[words](address)}{query}"
    source = a_source(provider="hmac", scheme=SIGNS_URL, public_url=public)
    made = sign_request("hmac", SECRET, url=signed, body=b"{}", headers={}, now=NOW, scheme=SIGNS_URL)
    called = replace(made, url="https://called.example/", raw_query="")
    assert f"{words}: {address}" in fits(source, called, SECRET)


KEYS = {"text": "text", "hex": "hex digits", "base64": "base64"}
ALGORITHMS = ("hmac-sha1", "hmac-sha256", "hmac-sha512")
ENCODINGS = ("hex", "base64")
schemes = st.tuples(st.sampled_from([*KEYS]), st.sampled_from(ALGORITHMS), st.sampled_from(ENCODINGS))


def declared(key: str, algorithm: str, encoding: str) -> dict[str, Any]:
    signature = {"header": "x-sig", "encoding": encoding}
    return {"signature": signature, "key": key, "algorithm": algorithm}


@given(schemes, schemes)
def test_a_scheme_that_differs_in_one_thing_is_found_and_of_two_none_is_said(
    theirs: tuple[str, str, str], ours: tuple[str, str, str]
) -> None:
    secret = "0123456789abcdef"
    source = a_source(provider="hmac", scheme=declared(*ours))
    made = sign_request("hmac", secret, url=URL, body=b"{}", headers={}, now=NOW, scheme=declared(*theirs))
    found = diagnose(source, refused(source, made), [secret])
    said = [
        f"The signature fits the secret read as {KEYS[theirs[0]]}.",
        f"The signature is made with {theirs[1]}.",
        f"The signature is right and written as {theirs[2]}.",
    ]
    differ = [number for number in range(3) if theirs[number] != ours[number]]
    assert found.fits_now is (not differ)
    if differ:
        assert {said[number] for number in differ if len(differ) == 1} <= set(found.words)
        assert len(differ) == 1 or not {*said} & {*found.words}
