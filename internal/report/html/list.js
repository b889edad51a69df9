// inner is a function's name without the namespaces around it: a row is narrow.
const inner = (name) => name.replace(/^.*::(?=[^:<>(){}]+$)/, "");

// The list. Only the rows that can be seen are drawn, however many there are.
const list = {
  height: 60, // of a row, as in the styles
  drawn: "",

  build() {
    const box = byID("list");
    box.addEventListener("scroll", () => this.draw(), {passive: true});
    new ResizeObserver(() => this.draw()).observe(box);
    box.addEventListener("click", (e) => {
      const row = e.target.closest("[data-at]");
      if (!row) return;
      this.choose(Number(row.dataset.at));
      if (narrow()) byID("detail").scrollIntoView();
    });
  },

  at() { return state.shown.indexOf(state.chosen); },

  // reset draws anew what other filters left.
  reset() {
    const rows = byID("rows");
    rows.style.height = state.shown.length * this.height + "px";
    this.drawn = "";
    const nothing = byID("nothing");
    nothing.hidden = state.shown.length > 0;
    byID("list").hidden = state.shown.length === 0;
    nothing.textContent = "Nothing matches. Esc clears the filters.";
    this.reveal();
    this.draw();
  },

  draw() {
    const box = byID("list");
    const first = Math.max(0, Math.floor(box.scrollTop / this.height) - 4);
    const last = Math.min(state.shown.length, Math.ceil((box.scrollTop + box.clientHeight) / this.height) + 4);
    const drawn = first + " " + last + " " + state.chosen;
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const rows = [];
    for (let at = first; at < last; at++) rows.push(this.row(at));
    byID("rows").replaceChildren(...rows);
    if (state.chosen >= 0) box.setAttribute("aria-activedescendant", "row" + state.chosen);
    else box.removeAttribute("aria-activedescendant");
  },

  row(at) {
    const i = state.shown[at];
    const v = violations[i];
    const row = el("div", {id: "row" + i, class: "row" + (v.known ? " is-known" : ""), role: "option", "data-at": at,
      "aria-selected": String(i === state.chosen), "aria-posinset": at + 1, "aria-setsize": state.shown.length,
      "aria-label": [v.severity, v.function, v.wrong, v.caller, v.place, counted(v.count, "call", "calls")].filter(Boolean).join(", ")},
    badge(v),
    el("div", {}, el("span", {class: "function"}, v.function), el("span", {class: "count"}, v.fatal ? el("b", {class: "fatal-tag"}, "fatal") : null, v.known ? el("b", {class: "known-tag"}, "known") : null,
      v.count.toLocaleString("en-US") + "\u00d7")),
    el("div", {}, el("span", {class: "caller"}, inner(v.caller) || "an unknown place"),
      el("span", {class: "place"}, v.place.replace(/^.*\//, "") || v.module)));
    row.style.top = at * this.height + "px";
    return row;
  },

  choose(at) {
    if (!state.shown.length) return;
    state.chosen = state.shown[Math.max(0, Math.min(state.shown.length - 1, at))];
    this.reveal();
    this.draw();
    showDetail();
  },

  move(step) { this.choose(this.at() + step); },

  page() { return Math.max(1, Math.floor(byID("list").clientHeight / this.height) - 1); },

  // reveal scrolls as little as shows the chosen row.
  reveal() {
    const box = byID("list");
    const top = Math.max(0, this.at()) * this.height;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + this.height > box.scrollTop + box.clientHeight) box.scrollTop = top + this.height - box.clientHeight;
  },
};
