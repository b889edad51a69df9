// narrow tells whether the list stands above the violation, and not beside it.
const narrow = () => matchMedia("(max-width: 800px)").matches;

// chooseByHash shows the violation that a link names, whatever the filters leave out.
function chooseByHash() {
  let id = "";
  try {
    id = decodeURIComponent(location.hash.slice(1));
  } catch {
    return; // not a link of ours
  }
  const i = id ? violations.findIndex((v) => v.id === id) : -1;
  if (i < 0) return;
  if (!state.shown.includes(i)) {
    clearFilters();
    if (!state.shown.includes(i)) {
      state.ranks[violations[i].rank] = true;
      refilter();
    }
  }
  list.choose(state.shown.indexOf(i));
}

function main() {
  buildOverview();
  if (!violations.length) {
    byID("empty").hidden = false;
    byID("empty").textContent = data.totals.replace(/^gilwatch: /, "");
    return;
  }
  timeline.build();
  tools.build();
  list.build();
  buildKeys();
  byID("workspace").hidden = false;
  refilter();
  chooseByHash();
  window.addEventListener("hashchange", chooseByHash);
  setTimeout(index, 0); // what the first search needs, after the page was painted
}

main();
performance.mark("ready"); // for who measures or drives the page
