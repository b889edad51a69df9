// The run from left to right: up, what was first seen in an interval; down, what was last seen.
const timeline = {
  bins: 0,
  start: 0,
  width: 1,
  active: 0, // the bin that the arrow keys stand on

  build() {
    let from = data.started || Infinity;
    let to = data.finished || 0;
    for (const v of violations) {
      if (!v.first) continue;
      from = Math.min(from, v.first);
      to = Math.max(to, v.last || v.first);
    }
    if (!violations.some((v) => v.first) || to <= from) return;
    this.bins = matchMedia("(max-width: 600px)").matches ? 36 : 72;
    this.start = from;
    this.width = (to - from) / this.bins;
    const firsts = this.counts((v) => v.first);
    const lasts = this.counts((v) => v.last);
    const most = (counts) => Math.max(1, ...counts.map((c) => c[0] + c[1] + c[2]));
    const top = most(firsts);
    const bottom = most(lasts);
    const bars = firsts.map((c, i) => this.bar(i, c, top, lasts[i], bottom));
    const box = el("div", {id: "bars", role: "listbox", tabindex: "0", "aria-label": "Violations over the run, by interval",
      "aria-orientation": "horizontal", onkeydown: (e) => this.key(e), onclick: (e) => {
        const bin = e.target.closest("[data-bin]");
        if (bin) this.choose(Number(bin.dataset.bin));
      }}, ...bars);
    byID("timeline").append(
      el("div", {class: "legend"}, el("h2", {}, "Over the run"), el("span", {id: "interval"})), box,
      el("div", {class: "axis", "aria-hidden": "true"}, ...[0, 0.25, 0.5, 0.75, 1].map((part) => el("span", {}, span(part * (to - from))))));
    byID("timeline").hidden = false;
  },

  // bin is the interval of a moment, -1 of one that is not known.
  bin(ms) {
    return ms ? Math.max(0, Math.min(this.bins - 1, Math.floor((ms - this.start) / this.width))) : -1;
  },

  inBin(v, bin) { return this.bin(v.first) === bin || this.bin(v.last) === bin; },

  counts(when) {
    const counts = Array.from({length: this.bins}, () => [0, 0, 0]);
    for (const v of violations) {
      const bin = this.bin(when(v));
      if (bin >= 0) counts[bin][v.rank]++;
    }
    return counts;
  },

  bar(i, first, top, last, bottom) {
    const total = (c) => c[0] + c[1] + c[2];
    const parts = (counts) => [0, 1, 2].filter((rank) => counts[rank]).map((rank) => {
      const e = el("i", {class: "rank" + rank});
      e.style.flex = counts[rank] / total(counts) + " 1 0";
      return e;
    });
    const half = (name, counts, most) => {
      const e = el("span", {class: name}, el("b", {}, ...parts(counts)));
      e.firstChild.style.height = total(counts) ? Math.max(8, 100 * total(counts) / most) + "%" : "0";
      return e;
    };
    const words = this.words(i) + ": " + total(first) + " first seen, " + total(last) + " last seen";
    return el("div", {id: "bin" + i, class: "bin" + (total(first) + total(last) ? "" : " none"), role: "option", "data-bin": i,
      "aria-selected": "false", "aria-label": words, title: words}, half("up", first, top), half("down", last, bottom));
  },

  words(i) {
    const from = this.start + i * this.width - (data.started || this.start);
    return span(Math.max(0, from)) + " to " + span(Math.max(0, from + this.width));
  },

  choose(bin) {
    this.active = bin;
    state.bin = state.bin === bin ? -1 : bin;
    refilter();
  },

  key(e) {
    const step = {ArrowLeft: -1, ArrowRight: 1}[e.key];
    if (step) {
      this.active = Math.max(0, Math.min(this.bins - 1, this.active + step));
      this.update(true);
    } else if (e.key === "Enter" || e.key === " ") {
      this.choose(this.active);
    } else {
      return;
    }
    e.preventDefault();
    e.stopPropagation();
  },

  update(moved) {
    if (!this.bins) return;
    for (const bin of byID("bars").children) {
      const i = Number(bin.dataset.bin);
      bin.setAttribute("aria-selected", i === state.bin);
      bin.classList.toggle("active", i === this.active);
    }
    byID("bars").classList.toggle("chosen", state.bin >= 0);
    byID("bars").setAttribute("aria-activedescendant", "bin" + this.active);
    byID("interval").textContent = state.bin >= 0 ? "only " + this.words(state.bin) :
      moved ? byID("bin" + this.active).title : "above the line first seen, below it last seen; choose an interval to filter";
  },
};
