// The chosen violation.
const maxTests = 20; // shown at first

function showDetail() {
  const box = byID("detail");
  const v = violations[state.chosen];
  if (!v) {
    box.replaceChildren();
    return;
  }
  if (box.dataset.shown === String(state.chosen) && box.firstChild) return;
  box.dataset.shown = state.chosen;
  box.replaceChildren(
    el("button", {type: "button", class: "plain back", onclick: () => byID("tools").scrollIntoView()}, "\u2191 list"),
    headOf(v),
    v.fatal ? el("p", {class: "fatal"}, el("strong", {}, "Fatal: "), v.fatal + ".") : "",
    factsOf(v), sourceOf(v), hintOf(v),
    el("div", {class: "stacks"}, ...v.stacks.map(stackOf)),
    suppressionOf(v));
  box.scrollTop = 0;
  if (!narrow() && byID("workspace").getBoundingClientRect().top < 0) byID("workspace").scrollIntoView();
}

function headOf(v) {
  return el("div", {class: "head"},
    el("p", {class: "kicker"}, el("span", {class: "severity rank" + v.rank}, v.severity), el("span", {}, v.kind),
      v.known ? el("span", {class: "known-tag"}, "known: it stands in the baseline") : null,
      el("a", {class: "id", href: "#" + encodeURIComponent(v.id), title: "A link to this violation"}, v.id)),
    el("h2", {}, el("code", {}, v.function), " " + v.wrong),
    el("p", {class: "where"}, v.caller ? ["in ", el("code", {}, v.caller)] : "from an unknown place",
      v.place ? [" at ", el("code", {}, v.place)] : "", el("span", {class: "module"}, v.module)));
}

function factsOf(v) {
  const rows = [
    ["calls", v.count.toLocaleString("en-US")],
    v.also_at.length ? ["also at", v.also_at.join(", ")] : null,
    ["first seen", moment(v.first)], ["last seen", moment(v.last)],
    ["thread", v.thread.replace(/^thread /, "")], ["process", v.pids.replace(/^pids? /, "")],
    v.pythons.length ? ["Python", v.pythons.join(", ")] : null,
    v.holder ? ["the GIL", v.holder.replace(/ the GIL$/, " it")] : null,
    v.sensor && v.sensor !== "calls" ? ["sensor", v.sensor] : null,
  ];
  return el("div", {class: "facts"},
    el("dl", {}, ...rows.filter(Boolean).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))), testsOf(v));
}

function testsOf(v) {
  if (!v.tests.length) return null;
  const items = (from, to) => v.tests.slice(from, to).map((test) => el("li", {}, el("code", {}, test)));
  const all = el("ul", {class: "tests", "aria-label": "Tests"}, ...items(0, maxTests));
  const more = v.tests.length - maxTests;
  if (more > 0) {
    const last = el("li", {}, el("button", {type: "button", class: "plain",
      onclick: () => last.replaceWith(...items(maxTests))}, "\u2026 " + counted(more, "more test", "more tests")));
    all.append(last);
  }
  return all;
}

function sourceOf(v) {
  if (!v.source.length) return "";
  const digits = String(v.source[v.source.length - 1].line).length;
  return el("pre", {class: "source", tabindex: "0", "aria-label": "Source"}, ...v.source.map((line) =>
    el("span", {class: "line" + (line.mark ? " mark" : "")},
      el("span", {class: "number"}, (line.mark ? "> " : "  ") + String(line.line).padStart(digits) + " "), line.text + "\n")));
}

// hintOf shows lines that begin with a space as code, and the others as prose.
function hintOf(v) {
  if (!v.hint) return "";
  const box = el("section", {class: "hint"}, el("h3", {}, "What to do"));
  let code = null;
  for (const line of v.hint.split("\n")) {
    if (!line.startsWith(" ")) {
      code = null;
      box.append(el("p", {}, line));
      continue;
    }
    if (!code) box.append(code = el("pre", {tabindex: "0"}));
    code.append(line.replace(/^ {1,4}/, "") + "\n");
  }
  return box;
}

function suppressionOf(v) {
  const field = el("input", {id: "suppression", readonly: true, spellcheck: "false", "aria-label": "Suppression rule", onfocus: (e) => e.target.select()});
  field.value = v.suppression;
  return el("section", {class: "suppression"}, el("h3", {}, "Suppress it"),
    el("div", {}, field, el("button", {type: "button", id: "copy", onclick: () => copy(field, "suppression")}, "Copy ", el("kbd", {}, "c"))),
    el("p", {class: "dim"}, "A line for .gilwatch.supp, or for a file given with --suppressions."));
}
