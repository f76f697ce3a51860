// j and k go down and up in the list, Enter opens, / goes to the search, r reads the page anew.
export function keys() {
  const rows = () => [...document.querySelectorAll("#events tbody tr")];
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    if (event.key === "/") {
      const search = document.getElementById("search");
      if (search) {
        event.preventDefault();
        search.focus();
      }
      return;
    }
    if (event.key === "r") {
      location.reload();
      return;
    }
    const step = { j: 1, k: -1 }[event.key];
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.hasAttribute("aria-current"));
    if (step) {
      const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
      all[at]?.removeAttribute("aria-current");
      next.setAttribute("aria-current", "true");
      next.scrollIntoView({ block: "nearest" });
      next.querySelector("a").focus({ preventScroll: true });
    }
  });
}
