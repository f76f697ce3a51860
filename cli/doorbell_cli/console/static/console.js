// What the pages do beyond HTML. Without it they read and work as they are.
import { checked } from "./checks.js";
import { follow } from "./live.js";
import { keys } from "./keys.js";
import { moving } from "./moving.js";
import { ring } from "./ring.js";
import { readerTimes } from "./times.js";

readerTimes(document);
keys();

for (const line of document.querySelectorAll("[data-live]")) follow(line);
for (const line of document.querySelectorAll("[data-moves]")) moving(line);
for (const place of document.querySelectorAll("[data-ring]")) ring(place);
for (const field of document.querySelectorAll("[data-check]")) checked(field);

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
  });
}

// What was looked for is shown at once.
for (const link of document.querySelectorAll("[data-go]")) location.replace(link.href);

// A part of a page that is read after it: what that has as its part, in place of the link to it.
for (const place of document.querySelectorAll("[data-part]")) {
  const answer = await fetch(place.dataset.part, { credentials: "same-origin" });
  if (!answer.ok) continue;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  readerTimes(page);
  place.replaceChildren(...page.getElementById("part").childNodes);
}
