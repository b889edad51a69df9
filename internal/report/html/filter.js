// What is listed. All words of the query must occur in a violation, or in one of its frames.

// Frames are searched once for a word, however many stacks they stand in.
const frameTexts = [];
const ownTexts = [];

function index() {
  if (ownTexts.length === violations.length) return;
  for (const f of frames) frameTexts.push([f.name, f.full, f.path, f.place].filter(Boolean).join("\n").toLowerCase());
  for (const v of violations) {
    ownTexts.push([v.id, v.kind, v.severity, v.function, v.module, v.thread, v.pids, v.sensor, v.suppression,
      v.fatal ? "fatal" : "", v.known ? "known" : "", ...v.tests, ...v.pythons].join("\n").toLowerCase());
  }
}

// matching returns which violations have the word, as a test of an index.
function matching(word) {
  const hits = new Uint8Array(frames.length);
  for (let i = 0; i < frames.length; i++) hits[i] = frameTexts[i].includes(word) ? 1 : 0;
  return (i) => ownTexts[i].includes(word) || violations[i].stacks.some((s) => s.frames.some((f) => hits[f]));
}

function applyFilter() {
  const words = state.query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length) index();
  const tests = words.map(matching);
  const shown = [];
  violations.forEach((v, i) => {
    if (!state.ranks[v.rank] || (v.known && !state.known)) return;
    if (state.module && v.module !== state.module) return;
    if (state.bin >= 0 && !timeline.inBin(v, state.bin)) return;
    if (tests.every((test) => test(i))) shown.push(i);
  });
  state.shown = shown;
  if (!shown.includes(state.chosen)) state.chosen = shown.length ? shown[0] : -1;
}

// refilter is called when a filter changed.
function refilter() {
  applyFilter();
  list.reset();
  tools.update();
  timeline.update();
  showDetail();
}

function clearFilters() {
  Object.assign(state, {query: "", known: true, module: "", bin: -1, ranks: [true, true, data.notes]});
  refilter();
}

// tools are the search field and the choices beside it.
const tools = {
  build() {
    const field = el("input", {id: "search", type: "search", placeholder: "Search functions, frames, files, tests  ( / )",
      "aria-label": "Search", autocomplete: "off", spellcheck: "false", oninput: (e) => { state.query = e.target.value; refilter(); }});
    const toggle = (id, words, flip) => el("button", {id, type: "button", class: "toggle", onclick: () => { flip(); refilter(); }}, words);
    const ranks = severities.map(([one, many], rank) => {
      const n = violations.filter((v) => v.rank === rank).length;
      return n ? toggle(many, [el("i", {class: "dot rank" + rank}), counted(n, one, many)], () => { state.ranks[rank] = !state.ranks[rank]; }) : null;
    });
    const known = violations.filter((v) => v.known).length;
    const modules = new Map();
    for (const v of violations) modules.set(v.module, (modules.get(v.module) || 0) + 1);
    const select = modules.size < 2 ? null : el("select", {id: "module", "aria-label": "Module",
      onchange: (e) => { state.module = e.target.value; refilter(); }},
    el("option", {value: ""}, "all modules"),
    [...modules].sort().map(([name, n]) => el("option", {value: name}, name + " (" + n + ")")));
    byID("tools").append(field, el("div", {class: "choices"}, ...ranks,
      known ? toggle("known", counted(known, "known", "known"), () => { state.known = !state.known; }) : null, select,
      el("button", {id: "clear", type: "button", class: "plain", onclick: clearFilters}, "clear"),
      el("span", {id: "matches", role: "status"}),
      el("button", {type: "button", class: "plain key", "aria-label": "Keys", onclick: () => byID("help").showModal()}, "?")));
  },
  update() {
    severities.forEach(([, many], rank) => byID(many)?.setAttribute("aria-pressed", state.ranks[rank]));
    byID("known")?.setAttribute("aria-pressed", state.known);
    if (byID("search").value !== state.query) byID("search").value = state.query;
    if (byID("module")) byID("module").value = state.module;
    byID("matches").textContent = state.shown.length.toLocaleString("en-US") + " of " + counted(violations.length, "violation", "violations");
    byID("clear").hidden = state.shown.length === violations.length;
  },
};
