// New events at the head of the list, as they are recorded. It keeps so many rows, however long it runs.
import { readerTimes } from "./times.js";

const MOST_ROWS = 200;

export function follow(line) {
  const [button, said] = [line.querySelector("button"), line.querySelector("[role=status]")];
  const body = document.querySelector("#events tbody");
  let stream = null;
  let count = 0;
  line.hidden = false;
  button.addEventListener("click", () => (stream ? stop() : start()));

  function start() {
    stream = new EventSource(line.dataset.live);
    stream.onopen = () => (said.textContent = "Following.");
    stream.onmessage = (message) => add(JSON.parse(message.data));
    stream.addEventListener("trouble", (message) => (said.textContent = JSON.parse(message.data)));
    stream.onerror = () => (said.textContent = "The console does not answer. Trying again.");
    button.textContent = "Stop following";
  }

  function stop() {
    stream.close();
    stream = null;
    said.textContent = `Not followed any more, after ${count} new.`;
    button.textContent = "Follow";
  }

  function add(row) {
    count += 1;
    const at = new Date(row.at * 1000);
    const time = Object.assign(document.createElement("time"), { dateTime: at.toISOString(), textContent: "just now" });
    time.title = at.toISOString();
    const tr = document.createElement("tr");
    tr.className = "new";
    const tenant = new URL(line.dataset.live, location.href).searchParams.get("tenant");
    tr.append(
      cell(time),
      cell(link(`/events/${encodeURIComponent(row.id)}?tenant=${encodeURIComponent(tenant)}`, row.id, "id")),
      cell(row.type, "text"),
      cell(link(`/sources/${encodeURIComponent(row.source)}`, row.source)),
    );
    readerTimes(tr);
    body.prepend(tr);
    while (body.rows.length > MOST_ROWS) body.lastElementChild.remove();
  }
}

function cell(content, kind = "") {
  const td = document.createElement("td");
  td.className = kind;
  td.append(typeof content === "string" ? visible(content) : content);
  return td;
}

function link(href, text, kind = "") {
  return Object.assign(document.createElement("a"), { href, textContent: visible(text), className: kind });
}

// Control characters, and those that turn the direction of writing, become visible.
export function visible(text) {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (character) => `\\x${character.codePointAt(0).toString(16)}`);
}
