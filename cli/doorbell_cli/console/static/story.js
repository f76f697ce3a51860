// An event's deliveries, read anew when the stream says that one of them has moved on. A page that nobody looks at
// asks nothing: a browser keeps few streams open to one address.
import { readerTimes } from "./times.js";
import { visible } from "./live.js";

export function story(line) {
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
    button.textContent = wanted ? "Pause" : "Follow";
    button.setAttribute("aria-pressed", String(wanted));
    if (!wanted || document.hidden) stop(wanted ? "" : "Paused.");
    else if (!stream) start();
  }

  function start() {
    stream = new EventSource(line.dataset.story);
    stream.onopen = () => (said.textContent = "Following, while something is still to be sent.");
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
      stop("Nothing is left to be sent.");
      button.hidden = true;
    }
    const answer = await fetch(line.dataset.page, { credentials: "same-origin" });
    if (!answer.ok || mine !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    readerTimes(page);
    document.getElementById("deliveries").replaceChildren(...page.getElementById("deliveries").childNodes);
  }
}
