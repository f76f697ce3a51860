// Reads [{secret, headers, body}] from standard input; prints for each which libraries accept it.
const { Webhook } = require("standardwebhooks");
const { Webhook: SvixWebhook } = require("svix");

function accepts(Library, { secret, headers, body }) {
  try {
    new Library(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}

const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map((one) => [accepts(Webhook, one), accepts(SvixWebhook, one)])));
