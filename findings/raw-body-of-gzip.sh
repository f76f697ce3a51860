#!/usr/bin/env bash
# The good guess: what a framework calls the raw body are the bytes that were sent. body-parser's README says of the
#   buffer that its `verify` is given: "a Buffer of the raw request body".
# What happens: with `content-encoding: gzip` Express and Koa hand over the unpacked bytes, to express.raw() too, while
#   `inflate: false` answers 415: no setting of theirs gives what was sent. Hono, Flask, Django and Starlette give it as it came.
# Why it matters: a sender signs either what it packs or what it packed, and no header says which. A receiver ported
#   from Flask to Express, or the other way round, refuses every compressed delivery, and only those: the small ones,
#   which nobody packs, still pass.
# Seen with: express 5.3.0, koa 3.3.0, koa-bodyparser 4.4.1, hono 4.13.19 (npm), flask 3.1.3, django 5.2.19, starlette 1.10.0 (PyPI).
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check flask==3.1.3 django==5.2.19 starlette==1.10.0 httpx==0.28.1
echo '{}' > package.json
npm install --silent --no-audit --no-fund express@5.3.0 koa@3.3.0 koa-bodyparser@4.4.1 hono@4.13.19 @hono/node-server@2.1.9

cat > seen <<'SEEN'
express.raw: unpacked
express.json, verify: unpacked
express.raw, inflate false: 415
koa-bodyparser, rawBody: unpacked
hono, arrayBuffer: as sent
flask, get_data: as sent
django, request.body: as sent
starlette, request.body: as sent
SEEN

cat > servers.mjs <<'JS'
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import { Hono } from "hono";
import Koa from "koa";
import bodyParser from "koa-bodyparser";

const plain = Buffer.from('{"id": 1}'), packed = gzipSync(plain);
const headers = { "content-type": "application/json", "content-encoding": "gzip" };

function seen(body) {
  const bytes = Buffer.from(body);
  return bytes.equals(packed) ? "as sent" : bytes.equals(plain) ? "unpacked" : "something else";
}

async function ask(label, listener) {
  const server = createServer(listener);
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const answer = await fetch(url, { method: "POST", body: packed, headers });
  console.log(`${label}: ${answer.ok ? await answer.text() : answer.status}`);
  server.closeAllConnections();
  server.close();
}

const posted = (parser, body) => express().set("env", "test").post("/", parser, (request, response) => response.send(seen(body(request))));
const koa = new Koa().use(bodyParser()).use((context) => (context.body = seen(context.request.rawBody)));
const hono = new Hono().post("/", async (context) => context.text(seen(await context.req.arrayBuffer())));
const verify = (request, response, buffer) => (request.kept = buffer);

await ask("express.raw", posted(express.raw({ type: "*/*" }), (request) => request.body));
await ask("express.json, verify", posted(express.json({ verify }), (request) => request.kept));
await ask("express.raw, inflate false", posted(express.raw({ type: "*/*", inflate: false }), (request) => request.body));
await ask("koa-bodyparser, rawBody", koa.callback());
await ask("hono, arrayBuffer", getRequestListener(hono.fetch));
JS

cat > clients.py <<'PY'
import gzip

import django
import flask
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

plain = b'{"id": 1}'
packed = gzip.compress(plain)

def seen(body: bytes) -> str:
    return {packed: "as sent", plain: "unpacked"}.get(body, "something else")

app = flask.Flask(__name__)
app.add_url_rule("/", view_func=lambda: seen(flask.request.get_data()), methods=["POST"])
headers = {"content-encoding": "gzip"}
answer = app.test_client().post("/", data=packed, content_type="application/json", headers=headers)
print(f"flask, get_data: {answer.text}")

urlpatterns = [path("", lambda request: HttpResponse(seen(request.body)))]
settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
django.setup()
answer = Client().post("/", data=packed, content_type="application/json", headers=headers)
print(f"django, request.body: {answer.text}")

async def hooks(request):
    return PlainTextResponse(seen(await request.body()))

answer = TestClient(Starlette(routes=[Route("/", hooks, methods=["POST"])])).post("/", content=packed, headers=headers)
print(f"starlette, request.body: {answer.text}")
PY

{ node servers.mjs; venv/bin/python clients.py; } > now
diff seen now && cat now
