// Doorbell's deliveries, received with Express.
const express = require("express");
const Database = require("libsql"); // better-sqlite3's API; its binary comes from npm
const { Webhook } = require("standardwebhooks");

const SECRETS = process.env.WEBHOOK_SECRETS.split(" "); // two of them while one is rotated
const db = new Database(process.env.DATABASE ?? "inbox.db");
db.exec("CREATE TABLE IF NOT EXISTS inbox (id TEXT PRIMARY KEY, type TEXT, body BLOB)");
const keep = db.prepare("INSERT INTO inbox VALUES (?, ?, ?) ON CONFLICT DO NOTHING");

const app = express();

// The traps: express.json() before this route leaves an object, and JSON written anew is not what was signed.
// It stops at 100 KB, and does not know application/cloudevents+json. express.raw() takes one type unless told:
// "*/*" leaves out a body without a type. inflate: a gzip body would be handed over unpacked, and not as signed.
const raw = express.raw({ type: () => true, limit: "8mb", inflate: false });

app.post("/hooks", raw, (request, response) => {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0); // no body at all is no Buffer
  if (!SECRETS.some((secret) => verified(secret, body, request.headers))) return response.sendStatus(401);
  // Taken once, whatever comes twice. Somebody else works on what is in the inbox: the answer does not wait.
  keep.run(request.get("webhook-id"), request.get("doorbell-event-type"), body);
  if (request.get("doorbell-event-type") === "doorbell.test") {
    return response.json({ verified: request.get("webhook-id") }); // who set it up sees it
  }
  response.sendStatus(204);
});

// 410 ends it: Doorbell disables the subscription and says so.
app.post("/hooks/v1", (request, response) => response.sendStatus(410));

function verified(secret, body, headers) {
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false }); // not every body is JSON
    return true;
  } catch {
    return false;
  }
}

app.listen(Number(process.env.PORT ?? 8000), "127.0.0.1");
