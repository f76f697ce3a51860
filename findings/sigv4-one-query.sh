#!/usr/bin/env bash
# The good guess: a request to one URL has one SigV4 signature, whoever makes it. AWS fixes the canonical query: each name and
#   value URI-encoded, then sorted (AWS's IAM guide, reference_sigv-create-signed-request).
# What happens: AWS's own signers differ. botocore's sorts the query and signs it as it stands; the CRT's and JavaScript's
#   write it anew: `a,b` is signed as `a%2Cb`, and the CRT's signs `YQ==` as `YQ%3D%3D`; both may stand so in a URL. A plus
#   is a plus to these two and a space to aws4fetch and requests-aws4auth. JavaScript's, with AWS's parser of URLs, leaves
#   out a parameter without `=` and what follows a second `=`. Of the smaller ones for Python, httpx-auth-awssigv4 does not
#   sort and signs the decoded path; requests-auth-aws-sigv4 keeps one of two parameters of a name and raises for a `=` in a
#   value or none at all; aws-requests-auth sorts `a-b` before `a`.
# Why it matters: who delivers webhooks to an API or a function URL with IAM auth takes the URL that somebody entered. AWS
#   compares with one signature of its own, so of two for a URL one at most is right, and it is the URL's query alone that
#   decides. All agree where each name stands once, in order, has a value, and all but letters, digits and `-_.~` is
#   escaped, in upper case.
# Seen with: botocore 1.44.8, awscrt 0.38.1, requests-aws4auth 1.4.0, aws-requests-auth 0.4.3, requests-auth-aws-sigv4 0.7,
#   httpx-auth-awssigv4 0.1.4 (PyPI), @smithy/signature-v4 5.7.5, @smithy/url-parser 4.5.2, aws4fetch 1.0.20 (npm).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check botocore==1.44.8 awscrt==0.38.1 requests==2.34.2 httpx==0.28.1 \
  requests-aws4auth==1.4.0 aws-requests-auth==0.4.3 requests-auth-aws-sigv4==0.7 httpx-auth-awssigv4==0.1.4
echo '{}' > package.json
npm install --silent --no-audit --no-fund @smithy/signature-v4@5.7.5 aws4fetch@1.0.20 \
  @smithy/url-parser@4.5.2 @aws-crypto/sha256-js@5.2.0

cat > seen <<'SEEN'
/in/a?a=1&b=x%2Cy as botocore signs it: all
/in/a?a=2&a=1 as botocore signs it: botocore, awscrt, requests-aws4auth, aws-requests-auth, @smithy/signature-v4, aws4fetch
/in/a?a=2&a=1 as if it were /in/a?a=1: requests-auth-aws-sigv4
/in/a?a=2&a=1 without a change: httpx-auth-awssigv4
/in/a?a-b=1&a=2 as botocore signs it: botocore, awscrt, requests-aws4auth, requests-auth-aws-sigv4, @smithy/signature-v4, aws4fetch
/in/a?a-b=1&a=2 without a change: aws-requests-auth, httpx-auth-awssigv4
/in/a?names=a,b as botocore signs it: botocore, aws-requests-auth, requests-auth-aws-sigv4, httpx-auth-awssigv4
/in/a?names=a,b as if it were /in/a?names=a%2Cb: awscrt, requests-aws4auth, @smithy/signature-v4, aws4fetch
/in/a?key=YQ== as botocore signs it: botocore, aws-requests-auth, httpx-auth-awssigv4
/in/a?key=YQ== as if it were /in/a?key=YQ%3D%3D: awscrt, requests-aws4auth, aws4fetch
/in/a?key=YQ== ValueError: requests-auth-aws-sigv4
/in/a?key=YQ== as if it were /in/a?key=YQ: @smithy/signature-v4
/in/a?name=a+b as botocore signs it: botocore, aws-requests-auth, requests-auth-aws-sigv4, httpx-auth-awssigv4
/in/a?name=a+b as if it were /in/a?name=a%2Bb: awscrt, @smithy/signature-v4
/in/a?name=a+b as if it were /in/a?name=a%20b: requests-aws4auth, aws4fetch
/in/a?flag as botocore signs it: botocore, awscrt, requests-aws4auth, aws-requests-auth, aws4fetch
/in/a?flag ValueError: requests-auth-aws-sigv4
/in/a?flag without a change: httpx-auth-awssigv4
/in/a?flag as if it were /in/a: @smithy/signature-v4
/in/a%20b as botocore signs it: botocore, awscrt, requests-aws4auth, aws-requests-auth, @smithy/signature-v4, aws4fetch
/in/a%20b without a change: requests-auth-aws-sigv4
/in/a%20b literally as /in/a b: httpx-auth-awssigv4
SEEN

cat > node.js <<'JS'
const { SignatureV4 } = require("@smithy/signature-v4");
const { parseUrl } = require("@smithy/url-parser");
const { Sha256 } = require("@aws-crypto/sha256-js");
const { AwsV4Signer } = require("aws4fetch");
const [urls, body] = JSON.parse(process.argv[2]);
const credentials = { accessKeyId: "AKID", secretAccessKey: "secret" };
const at = { region: "us-east-1", service: "execute-api" };

async function signed(url) {
  const headers = { host: new URL(url).host };
  const smithy = new SignatureV4({ credentials, ...at, sha256: Sha256 });
  const byAws = await smithy.sign({ ...parseUrl(url), method: "POST", headers, body });
  const byFetch = await new AwsV4Signer({ url, method: "POST", body, ...at, ...credentials }).sign();
  return { "@smithy/signature-v4": byAws.headers, aws4fetch: Object.fromEntries(byFetch.headers) };
}
Promise.all(urls.map(signed)).then((all) => console.log(JSON.stringify(all)));
JS

cat > ask.py <<'PY'
import json
import re
import subprocess
import warnings

import httpx
import requests
from aws_requests_auth.aws_auth import AWSRequestsAuth
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.crt.auth import CrtSigV4Auth
from httpx_auth_awssigv4 import SigV4Auth as OfHttpx
from requests_auth_aws_sigv4 import AWSSigV4
from requests_aws4auth import AWS4Auth

warnings.simplefilter("ignore")
HOST, BODY, KEYS, AT = "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com", '{"type":"ring"}', ("AKID", "secret"), "us-east-1"
# A path and query, and the spellings of it that somebody may sign.
ASKED = {
    "/in/a?a=1&b=x%2Cy": [],
    "/in/a?a=2&a=1": ["/in/a?a=1"],
    "/in/a?a-b=1&a=2": [],
    "/in/a?names=a,b": ["/in/a?names=a%2Cb"],
    "/in/a?key=YQ==": ["/in/a?key=YQ%3D%3D", "/in/a?key=YQ"],
    "/in/a?name=a+b": ["/in/a?name=a%20b", "/in/a?name=a%2Bb"],
    "/in/a?flag": ["/in/a"],
    "/in/a%20b": ["/in/a b"],
}


class AsItStands(SigV4Auth):
    """The signature for a request whose path and query are canonical already, or are not."""

    def canonical_request(self, request):
        path, _, query = request.url.partition(HOST)[2].partition("?")
        lines = super().canonical_request(request).split("\n")
        return "\n".join([lines[0], path, query, *lines[3:]])


def signature(auth: type[SigV4Auth], target: str, headers: dict[str, str]) -> str:
    names = re.search("SignedHeaders=([^,]+)", headers["authorization"])[1].split(";")
    given = {name: headers[name] for name in names if name != "host"}
    request = AWSRequest("POST", f"https://{HOST}{target}", data=BODY.encode(), headers=given)
    request.context["timestamp"] = headers["x-amz-date"]
    signer = auth(Credentials(*KEYS), "execute-api", AT)
    return signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)


def what_was_signed(target: str, headers) -> str:
    headers = {name.lower(): str(value) for name, value in headers.items()}
    found = re.search("Signature=([0-9a-f]+)", headers["authorization"])[1]
    for spelling in [target, *ASKED[target]]:
        if signature(SigV4Auth, spelling, headers) == found:
            return "as botocore signs it" if spelling == target else f"as if it were {spelling}"
        if signature(AsItStands, spelling, headers) == found:
            return "without a change" if spelling == target else f"literally as {spelling}"
    return "otherwise"


def of_aws(auth, target):
    request = AWSRequest("POST", f"https://{HOST}{target}", data=BODY.encode())
    auth(Credentials(*KEYS), "execute-api", AT).add_auth(request)
    return request.headers


def of_requests(auth, target):
    return requests.Request("POST", f"https://{HOST}{target}", data=BODY, auth=auth).prepare().headers


def of_httpx(target):
    return OfHttpx(*KEYS, "execute-api", AT)(httpx.Request("POST", f"https://{HOST}{target}", content=BODY)).headers


named = {"aws_access_key_id": KEYS[0], "aws_secret_access_key": KEYS[1], "region": AT}
SIGNERS = {
    "botocore": lambda target: of_aws(SigV4Auth, target),
    "awscrt": lambda target: of_aws(CrtSigV4Auth, target),
    "requests-aws4auth": lambda target: of_requests(AWS4Auth(*KEYS, AT, "execute-api"), target),
    "aws-requests-auth": lambda target: of_requests(AWSRequestsAuth(*KEYS, HOST, AT, "execute-api"), target),
    "requests-auth-aws-sigv4": lambda target: of_requests(AWSSigV4("execute-api", **named), target),
    "httpx-auth-awssigv4": of_httpx,
}
urls = [f"https://{HOST}{target}" for target in ASKED]
by_node = json.loads(subprocess.check_output(["node", "node.js", json.dumps([urls, BODY])]))
for target, others in zip(ASKED, by_node):
    verdicts: dict[str, list[str]] = {}
    for name, sign in {**SIGNERS, **{name: lambda _, of=of: of for name, of in others.items()}}.items():
        try:
            verdict = what_was_signed(target, sign(target))
        except ValueError:
            verdict = "ValueError"
        verdicts.setdefault(verdict, []).append(name)
    for verdict, names in verdicts.items():
        print(f"{target} {verdict}: {'all' if len(verdicts) == 1 else ', '.join(names)}")
PY
venv/bin/python ask.py > now
diff seen now && cat now
