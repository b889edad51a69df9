// The keyboard. A table of what each key does, for the page and for its help.
const keys = [
  [["/"], "search", () => byID("search").focus()],
  [["j", "ArrowDown"], "next violation", () => list.move(1)],
  [["k", "ArrowUp"], "previous violation", () => list.move(-1)],
  [["PageDown"], "a page down", () => list.move(list.page())],
  [["PageUp"], "a page up", () => list.move(-list.page())],
  [["Home"], "first violation", () => list.choose(0)],
  [["End"], "last violation", () => list.choose(Infinity)],
  [["Enter"], "read the chosen one", () => { byID("detail").scrollIntoView({block: "nearest"}); byID("detail").focus(); }],
  [["c"], "copy its suppression", () => { if (byID("suppression")) copy(byID("suppression"), "suppression"); }],
  [["Escape"], "clear all filters", () => { clearFilters(); byID("list").focus(); }],
  [["?"], "this help", () => byID("help").showModal()],
];

// scrolling keys move the list only while it has the focus: elsewhere they scroll.
const onlyInList = new Set(["ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End", "Enter"]);

function buildKeys() {
  const shown = {ArrowDown: "\u2193", ArrowUp: "\u2191", Escape: "Esc"};
  byID("help").append(el("h2", {}, "Keys"), el("dl", {}, ...keys.map(([names, what]) => el("div", {},
    el("dt", {}, ...names.map((n) => el("kbd", {}, shown[n] || n))), el("dd", {}, what)))),
  el("form", {method: "dialog"}, el("button", {autofocus: true}, "Close")));
  document.addEventListener("keydown", onKey);
}

function onKey(e) {
  if (e.ctrlKey || e.altKey || e.metaKey || byID("help").open || !violations.length) return;
  const target = e.target;
  const typing = target.id === "search" || target.tagName === "SELECT";
  const inList = target.id === "list";
  if (target.id === "search" && ["ArrowDown", "ArrowUp", "Enter"].includes(e.key)) {
    if (e.key === "Enter") byID("list").focus();
    else list.move(e.key === "ArrowDown" ? 1 : -1);
    e.preventDefault();
    return;
  }
  if (typing && e.key !== "Escape") return;
  if (onlyInList.has(e.key) && !inList && target !== document.body) return;
  if (onlyInList.has(e.key) && target === document.body && !["ArrowDown", "ArrowUp"].includes(e.key)) return;
  const entry = keys.find(([names]) => names.includes(e.key));
  if (!entry) return;
  e.preventDefault();
  entry[2]();
}
