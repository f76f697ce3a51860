// j and k go down and up in the list, Enter opens, / goes to the search, r reads the page anew; Escape leaves a
// field, so that the keys work again. The list: that of events, or else the first one of a page whose rows are links.
const LIST = "#events tbody tr, table[data-walked] tbody tr";

export function keys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "/") search(event);
    else if (event.key === "r") location.reload();
    else if (event.key === "j") walk(1);
    else if (event.key === "k") walk(-1);
    else if (event.key === "Enter" && event.target === document.body) open();
  });
}

function search(event) {
  const field = document.getElementById("search") ?? document.getElementById("tenant");
  event.preventDefault();
  field.focus();
  field.select();
}

function walk(step) {
  const rows = [...document.querySelectorAll(LIST)].filter((row) => row.querySelector("a"));
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.hasAttribute("aria-current"));
  const next = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
  rows[at]?.removeAttribute("aria-current");
  next.setAttribute("aria-current", "true");
  next.scrollIntoView({ block: "nearest" });
  next.querySelector("a").focus({ preventScroll: true });
}

// The focus may have gone elsewhere since; the row that is marked is meant.
function open() {
  document.querySelector("tr[aria-current] a")?.click();
}
