// Elements are made here and nowhere else, and what a report says is only ever text in them.
const byID = (id) => document.getElementById(id);

// el makes an element with attributes, listeners (on*) and children; null ones are left out.
function el(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
    else e.setAttribute(name, value === true ? "" : value);
  }
  e.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== ""));
  return e;
}

const badge = (v) => el("span", {class: "badge rank" + v.rank, "aria-hidden": "true"}, v.severity.slice(0, 1).toUpperCase());

// say tells a screen reader, and shows the words for a moment.
let saidTimer = 0;
function say(words) {
  const box = byID("said");
  box.textContent = words;
  box.classList.add("visible");
  clearTimeout(saidTimer);
  saidTimer = setTimeout(() => box.classList.remove("visible"), 1800);
}

// copy puts a field's text on the clipboard. Where that is forbidden it stays selected.
async function copy(field, what) {
  field.focus();
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    if (!document.execCommand("copy")) {
      say(what + " is selected");
      return;
    }
  }
  say(what + " copied");
}
