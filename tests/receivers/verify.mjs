// `node verify.mjs PACKAGE KIND <cases`: how one library takes each case. KIND says how it is called.
import { readFileSync } from "node:fs";

const [name, kind] = process.argv.slice(2);
const library = await import(name);

const KINDS = {
  class: (secret, body, headers) => new library.Webhook(secret).verify(body, headers),
  openai: (secret, body, headers) =>
    new library.OpenAI({ apiKey: "none" }).webhooks.verifySignature(body.toString(), headers, secret),
  clerk: (secret, body, headers) =>
    library.verifyWebhook(new Request("http://localhost/", { method: "POST", headers, body }), { signingSecret: secret }),
};

async function verdict({ secret, body, headers }) {
  try {
    await KINDS[kind](secret, Buffer.from(body, "base64"), headers);
    return "yes";
  } catch (error) {
    const refused = /Webhook|Signature/.test(error.constructor.name) || error.constructor === Error;
    return refused ? "no" : `\`${error.constructor.name}\``;
  }
}

const verdicts = [];
for (const one of JSON.parse(readFileSync(0, "utf8"))) verdicts.push(await verdict(one));
console.log(JSON.stringify(verdicts));
