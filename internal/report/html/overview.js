// What was run, what was watched, and how much was found.
const maxRows = 500; // of a table at first

function buildOverview() {
  const s = data.summary;
  const meta = [data.host, data.cwd, data.started ? new Date(data.started).toISOString().replace("T", " ").slice(0, 19) + " UTC" : "",
    data.started && data.finished ? "took " + span(data.finished - data.started) : "", "gilwatch " + data.version];
  byID("top").append(el("p", {class: "meta"}, ...meta.filter(Boolean).map((m) => el("span", {}, m))));
  const card = (n, one, many, name) => el("div", {class: "card " + (name || "") + (n ? "" : " zero")},
    el("b", {}, n.toLocaleString("en-US")), el("span", {}, n === 1 ? one : many));
  byID("overview").append(el("div", {class: "cards"},
    card(s.errors, "error", "errors", "rank0"), card(s.warnings, "warning", "warnings", "rank1"), card(s.notes, "note", "notes", "rank2"),
    s.known ? card(s.known, "known", "known") : "", card(s.occurrences, "call", "calls"),
    card(s.processes_watched, "process", "processes"),
    s.processes_unwatched ? card(s.processes_unwatched, "not watched", "not watched", "attention") : "",
    card(s.modules_watched, "module", "modules"),
    s.suppressed ? card(s.suppressed, "suppressed", "suppressed") : "",
    card(s.lost, "lost", "lost", s.lost ? "attention" : "")),
  el("div", {class: "watched"},
    table("Processes", data.processes, ["pid", "program", "Python", "watched", "modules", "functions", "end"], (p) =>
      [p.pid, el("code", {title: p.exe}, p.args || p.exe || "not known"), p.python, p.watched ? "yes" : el("strong", {}, p.reason || "no, reason not known"),
        p.watched ? p.modules.toLocaleString("en-US") : "", p.watched ? p.functions.toLocaleString("en-US") : "", p.end]),
    table("Modules", data.modules, ["module", "slots"], (m) => [el("code", {}, m.path), m.slots.toLocaleString("en-US")]),
    table("Suppressed", data.suppressed, ["rule", "calls"], (r) => [el("code", {}, r.rule), r.count.toLocaleString("en-US")])));
}

// table is a table that is made when it is opened.
function table(title, items, columns, cells) {
  if (!items.length) return "";
  const row = (item) => el("tr", {}, ...cells(item).map((c) => el("td", {}, c)));
  const box = el("details", {}, el("summary", {}, title + " (" + items.length.toLocaleString("en-US") + ")"));
  box.addEventListener("toggle", () => {
    const body = el("tbody", {}, ...items.slice(0, maxRows).map(row));
    box.append(el("div", {class: "table", tabindex: "0", role: "region", "aria-label": title},
      el("table", {}, el("thead", {}, el("tr", {}, ...columns.map((c) => el("th", {scope: "col"}, c)))), body)));
    if (items.length <= maxRows) return;
    const more = el("button", {type: "button", class: "plain", onclick: () => { body.append(...items.slice(maxRows).map(row)); more.remove(); }},
      counted(items.length - maxRows, "more row", "more rows"));
    box.append(more);
  }, {once: true});
  return box;
}
