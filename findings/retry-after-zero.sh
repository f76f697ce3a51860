#!/usr/bin/env bash
# The good guess: a client that heeds `Retry-After` waits as long as it is asked to, and then tries again: at once for 0, which
#   is a number of seconds (RFC 9110, 10.2.3), and for a date that has passed. A date may be in one of three forms, each of
#   them in UTC, and a recipient must read them all (5.6.7).
# What happens: retry-axios never tries again where it may do so at once: 0, or a date five seconds ago, is the end, as is
#   more than five minutes. got, ky and axios-retry try again. Of the date in asctime's form all four make a local time:
#   in Bogotá they wait five hours longer, or give up, in Tokyo the moment has passed. httpx-retries and urllib3 read it.
# Why it matters: a receiver that is ready for the next try says 0, and one whose clock is some seconds behind the sender's
#   gives a date that has passed: both lose the delivery. Seconds, from 1 to 300, are what all of them understand.
# Seen with: retry-axios 4.0.3, axios 1.21.1, axios-retry 4.5.0, got 14.6.6, ky 1.14.3 (npm), httpx-retries 0.6.0,
#   httpx 0.28.1, urllib3 2.8.0 (PyPI). got 16.1.0 and ky 2.1.0, for Node 22 and newer, read the date in asctime's form.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check httpx-retries==0.6.0 httpx==0.28.1 urllib3==2.8.0
echo '{}' > package.json
npm install --silent --no-audit --no-fund retry-axios@4.0.3 axios@1.21.1 axios-retry@4.5.0 got@14.6.6 ky@1.14.3

cat > seen <<'SEEN'
0, in UTC: again soon: got, ky, axios-retry
0, in UTC: gives up: retry-axios
30, in UTC: again after 30 s: got, ky, axios-retry, retry-axios
600, in UTC: again after 600 s: got, ky, axios-retry
600, in UTC: gives up: retry-axios
a date five seconds ago, in UTC: again soon: got, ky, axios-retry
a date five seconds ago, in UTC: gives up: retry-axios
a date in 30 seconds, in UTC: again after 30 s: got, ky, axios-retry, retry-axios
a date in 30 seconds, as asctime, in UTC: again after 30 s: got, ky, axios-retry, retry-axios
a date in 30 seconds, as asctime, in America/Bogota: again after 18030 s: got, ky, axios-retry
a date in 30 seconds, as asctime, in America/Bogota: gives up: retry-axios
a date in 30 seconds, as asctime, in America/Bogota: again after 30 s: httpx-retries
a date in 30 seconds, as asctime, in America/Bogota: again after 30 s: urllib3
a date in 30 seconds, as asctime, in Asia/Tokyo: again soon: got, ky, axios-retry
a date in 30 seconds, as asctime, in Asia/Tokyo: gives up: retry-axios
a date in 30 seconds, as asctime, in Asia/Tokyo: again after 30 s: httpx-retries
a date in 30 seconds, as asctime, in Asia/Tokyo: again after 30 s: urllib3
SEEN

cat > send.mjs <<'JS'
import { createServer } from "node:http";
import axios from "axios";
import axiosRetry from "axios-retry";
import got from "got";
import ky from "ky";
import * as rax from "retry-axios";

// No wait is waited for: the longest one is noted. What is below ten seconds may be another timer of the client's.
const real = setTimeout;
let longest = 0;
globalThis.setTimeout = (done, after, ...rest) => {
  longest = Math.max(longest, after ?? 0);
  return real(done, 0, ...rest);
};

let answer, tries;
const server = createServer((request, response) => {
  request.resume();
  tries += 1;
  if (tries === 1) response.writeHead(503, { "retry-after": answer });
  response.end("{}");
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const url = `http://127.0.0.1:${server.address().port}/in`;

const patient = axios.create();
axiosRetry(patient, { retryCondition: ({ response }) => response?.status === 503 });
const attached = axios.create();
attached.defaults.raxConfig = { instance: attached, httpMethodsToRetry: ["POST"] };
rax.attach(attached);
const clients = {
  got: () => got.post(url, { json: {}, retry: { methods: ["POST"] } }),
  ky: () => ky.post(url, { json: {}, timeout: false, retry: { methods: ["post"] } }),
  "axios-retry": () => patient.post(url, {}),
  "retry-axios": () => attached.post(url, {}),
};

const fromNow = (seconds) => new Date(Date.now() + seconds * 1000).toUTCString();
// "Mon, 30 Nov 2026 09:00:00 GMT" as "Mon Nov 30 09:00:00 2026", a day below ten with a space before it.
const asctime = (date) => {
  const [day, number, month, year, clock] = date.replace(",", "").split(" ");
  return `${day} ${month} ${number.replace(/^0/, " ")} ${clock} ${year}`;
};
const asked = {
  "0": () => "0",
  "a date five seconds ago": () => fromNow(-5),
  "30": () => "30",
  "600": () => "600",
  "a date in 30 seconds": () => fromNow(30),
  "a date in 30 seconds, as asctime": () => asctime(fromNow(30)),
};
const only = process.argv[2];
for (const [label, value] of Object.entries(asked).filter(([label]) => !only || label.endsWith(only))) {
  const ends = {};
  for (const [name, post] of Object.entries(clients)) {
    [answer, tries, longest] = [value(), 0, 0];
    const delivered = await post().then(() => true, () => false);
    const wait = longest < 10000 ? "soon" : `after ${Math.round(longest / 5000) * 5} s`;
    (ends[delivered ? `again ${wait}` : "gives up"] ??= []).push(name);
  }
  for (const [end, names] of Object.entries(ends)) console.log(`${label}, in ${process.env.TZ}: ${end}: ${names.join(", ")}`);
}
server.close();
JS

cat > read.py <<'PY'
import logging
import os
import time
from datetime import datetime, timezone

from httpx_retries import Retry
from urllib3.util import Retry as OfUrllib3

time.tzset()
logging.disable()
at = datetime.fromtimestamp(time.time() + 30, timezone.utc).strftime("%a %b %e %H:%M:%S %Y")
found = {"httpx-retries": Retry().parse_retry_after(at), "urllib3": OfUrllib3().parse_retry_after(at)}
for name, wait in found.items():
    print(f"a date in 30 seconds, as asctime, in {os.environ['TZ']}: again after {round(wait / 5) * 5} s: {name}")
PY
{
  TZ=UTC node send.mjs
  for zone in America/Bogota Asia/Tokyo; do
    TZ=$zone node send.mjs asctime
    TZ=$zone venv/bin/python read.py
  done
} > now
diff seen now && cat now
