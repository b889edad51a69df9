// What the report holds, and what its reader has chosen.
const data = JSON.parse(document.getElementById("data").textContent);
const violations = data.violations;
const frames = data.frames;
const severities = [["error", "errors"], ["warning", "warnings"], ["note", "notes"]];

const state = {
  query: "",
  ranks: [true, true, data.notes],
  known: true,
  module: "",
  bin: -1,          // of the timeline; -1 is the whole run
  shown: [],        // indices of the violations that pass the filters
  chosen: -1,       // an index of violations
};

// counted is "1 call", "1,200 calls".
const counted = (n, one, many) => n.toLocaleString("en-US") + " " + (n === 1 ? one : many);

// span is a duration in words, of milliseconds.
function span(ms) {
  if (!ms) return "0 s";
  if (ms < 1000) return Math.round(ms) + " ms";
  if (ms < 60000) return (ms / 1000).toFixed(ms < 10000 ? 1 : 0) + " s";
  const minutes = Math.floor(ms / 60000);
  const seconds = Math.floor((ms % 60000) / 1000);
  if (minutes < 60) return minutes + " min" + (seconds ? " " + seconds + " s" : "");
  return Math.floor(minutes / 60) + " h " + (minutes % 60) + " min";
}

// moment is a time of the run: how long after its start, with the clock's time as a title.
function moment(ms) {
  if (!ms) return el("span", {}, "not known");
  const stamp = new Date(ms).toISOString();
  const words = data.started ? "+" + span(Math.max(0, ms - data.started)) : stamp;
  return el("time", {datetime: stamp, title: stamp}, words);
}
