// A field that is checked as it is typed: what the console says of it stands beside it.
const WAIT_MS = 300;

export function checked(field) {
  const place = document.getElementById(field.getAttribute("aria-describedby"));
  let waits = 0;
  let asked = 0;
  field.addEventListener("input", () => {
    clearTimeout(waits);
    waits = setTimeout(ask, WAIT_MS);
  });

  async function ask() {
    const mine = ++asked;
    const address = new URL(field.dataset.check, location.href);
    for (const [name, value] of new FormData(field.form)) address.searchParams.set(name, value);
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok || mine !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    place.replaceChildren(...page.getElementById("part").childNodes);
  }
}
