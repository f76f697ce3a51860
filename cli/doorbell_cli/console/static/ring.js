// A new source's first ring: what came of it, as soon as it comes.
import { visible } from "./live.js";

export function ring(place) {
  const stream = new EventSource(place.dataset.ring);
  const [words, link, dot] = [".words", "a.on", ".dot"].map((part) => place.querySelector(part));
  stream.onmessage = (message) => {
    const found = JSON.parse(message.data);
    words.textContent = visible(found.words.join(" "));
    place.className = `ring ${found.state}`;
    dot.className = `dot ${found.state === "accepted" ? "green" : "red"}`;
    link.href = found.href;
    link.hidden = false;
    link.textContent = found.state === "accepted" ? "Its events" : "What was wrong, in words";
    if (found.state === "accepted") stream.close();
  };
  stream.addEventListener("trouble", (message) => (words.textContent = visible(JSON.parse(message.data))));
}
