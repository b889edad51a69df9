// A stack, innermost first. Frames that are not the extension's own stand behind a button.
function stackOf(stack) {
  const items = [];
  const folds = new Map((stack.folds || []).map((fold) => [fold.at, fold]));
  for (let i = 0; i < stack.frames.length; i++) {
    const fold = folds.get(i);
    if (!fold) {
      items.push(frameItem(stack, i));
      continue;
    }
    items.push(foldItem(stack, fold));
    i += fold.n - 1;
  }
  return el("section", {class: "stack"}, el("h3", {}, stack.title), el("ol", {}, ...items));
}

function frameItem(stack, i) {
  const f = frames[stack.frames[i]];
  const marked = i === stack.mark;
  return el("li", {class: (marked ? "marked " : "") + (f.origin ? "foreign" : "own"), "aria-current": marked ? "true" : null},
    el("code", {class: "name", title: f.full || f.name}, (f.nearest ? "near " : "") + f.name),
    f.inlined ? el("span", {class: "tag"}, "inlined") : null,
    f.place ? el("span", {class: "at", title: f.path}, f.place) : null,
    f.missing ? el("div", {class: "at missing"}, f.missing) : null);
}

function foldItem(stack, fold) {
  const item = el("li", {class: "fold"});
  item.append(el("button", {type: "button", class: "plain", "aria-expanded": "false", onclick: () => {
    const shown = [];
    for (let i = fold.at; i < fold.at + fold.n; i++) shown.push(frameItem(stack, i));
    shown[0].tabIndex = -1;
    item.replaceWith(...shown);
    shown[0].focus();
  }}, "\u2026 " + fold.words));
  return item;
}
