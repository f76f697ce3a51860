// What a page shows of what moves on: its places are read anew when the stream says so. A page that nobody looks at
// asks nothing: a browser keeps few streams open to one address.
import { readerTimes } from "./times.js";
import { visible } from "./live.js";

export function moving(line) {
  const [button, said] = [line.querySelector("button"), line.querySelector("[role=status]")];
  let stream = null;
  let wanted = true;
  let asked = 0;
  line.hidden = false;
  button.addEventListener("click", () => {
    wanted = !wanted;
    look();
  });
  document.addEventListener("visibilitychange", look);
  look();

  function look() {
    button.textContent = wanted ? "Stop following" : "Follow";
    if (!wanted || document.hidden) stop(wanted ? "" : "Not followed.");
    else if (!stream) start();
  }

  function start() {
    stream = new EventSource(line.dataset.moves);
    stream.onopen = () => (said.textContent = line.dataset.while);
    stream.onmessage = (message) => moved(JSON.parse(message.data).ended);
    stream.addEventListener("trouble", (message) => (said.textContent = visible(JSON.parse(message.data))));
    stream.onerror = () => (said.textContent = "The console does not answer. Trying again.");
  }

  function stop(text) {
    stream?.close();
    stream = null;
    said.textContent = text;
  }

  async function moved(ended) {
    const mine = ++asked;
    if (ended) {
      document.removeEventListener("visibilitychange", look);
      stop(line.dataset.over);
      button.hidden = true;
    }
    const answer = await fetch(line.dataset.page, { credentials: "same-origin" });
    if (!answer.ok || mine !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    readerTimes(page);
    const places = `${line.dataset.places} ${ended ? line.dataset.last : ""}`;
    for (const name of places.trim().split(" ")) put(page, name);
  }
}

// Who walks the page by keys stays where it was, as far as that is still there, and what was unfolded stays so.
function put(page, name) {
  const [place, found] = [document.getElementById(name), page.getElementById(name)];
  if (!place || !found || stays(place, found)) return;
  const active = document.activeElement;
  const held = place.contains(active) ? active.getAttribute("href") : null;
  const open = place.querySelector("details")?.open;
  place.replaceChildren(...found.childNodes);
  place.querySelector("details")?.toggleAttribute("open", open);
  if (held) place.querySelector(`[href="${CSS.escape(held)}"]`)?.focus();
}

// What shows the same is left where it is, or a click might fall on what is gone, for nothing. Times go on.
function stays(place, found) {
  const [shown, now] = [place, found].map((one) => [...one.querySelectorAll("time")]);
  if (!timeless(place).isEqualNode(timeless(found))) return false;
  shown.forEach((time, at) => (time.textContent = now[at].textContent));
  return true;
}

function timeless(place) {
  const copy = place.cloneNode(true);
  for (const time of copy.querySelectorAll("time")) time.textContent = "";
  return copy;
}
