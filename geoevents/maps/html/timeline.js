// The slider of time: bars of events a day (or more), two handles, and a button that plays.
const MOST_BARS = 120;
const STEP_MS = 700;

class Timeline {
  // With `starts` there is one handle, which stands on one of these periods; else two, on days.
  constructor(filters, set, starts = null) {
    this.filters = filters;
    this.set = set;
    this.starts = starts;
    const times = filters.times.filter(Boolean);
    this.first = times.reduce((least, [first]) => Math.min(least, first), Infinity);
    this.last = times.reduce((most, [, last]) => Math.max(most, last), -Infinity);
    if (!(this.first < this.last)) return;
    const days = Math.floor((this.last - this.first) / DAY) + 1;
    this.step = Math.max(1, Math.ceil(days / MOST_BARS)) * DAY;
    this.bars = starts ? starts.length : Math.floor((this.last - this.first) / this.step) + 1;
    this.build();
    if (starts) this.move(filters.period, filters.period);
    filters.follow(() => this.draw());
  }

  build() {
    const box = byId("timeline");
    box.hidden = false;
    this.play = button(box, "▶", "Play", () => (this.timer ? this.stop() : this.start()));
    const track = add(box, "div", "", "track");
    this.chart = track.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
    this.chart.setAttribute("viewBox", `0 0 ${this.bars} 1`);
    this.chart.setAttribute("preserveAspectRatio", "none");
    this.chart.setAttribute("aria-hidden", "true");
    if (this.starts) this.ends = new Array(2).fill(this.handle(track, 0, "Period"));
    else this.ends = [0, this.bars - 1].map((value, end) => this.handle(track, value, end ? "To" : "From"));
    this.says = add(box, "output", "", "span");
    this.reset = button(box, "All", "Show all days", () => this.move(0, this.bars - 1));
  }

  handle(track, value, name) {
    const range = add(track, "input");
    Object.assign(range, { type: "range", min: 0, max: this.bars - 1, step: 1, value });
    range.setAttribute("aria-label", name);
    range.oninput = () => {
      this.stop();
      const [from, to] = this.ends.map((end) => Number(end.value));
      if (range === this.ends[0]) this.move(Math.min(from, to), to);
      else this.move(from, Math.max(from, to));
    };
    return range;
  }

  bounds() {
    const [from, to] = this.ends.map((end) => Number(end.value));
    if (this.starts) return [this.starts[from], this.starts[to + 1] ? this.starts[to + 1] - 1 : this.starts[to]];
    return [this.first + from * this.step, Math.min(this.first + (to + 1) * this.step - 1, this.last + DAY - 1)];
  }

  barOf(time) {
    return this.starts ? this.starts.indexOf(time) : Math.floor((time - this.first) / this.step);
  }

  move(from, to) {
    this.ends[0].value = from;
    this.ends[1].value = to;
    const all = from === 0 && to === this.bars - 1;
    const span = this.bounds();
    this.set(all ? null : span, span);
  }

  // Play goes through the days in windows of a tenth of the whole, or from the end back to the start.
  start() {
    let [from, to] = this.ends.map((end) => Number(end.value));
    const width = from === 0 && to === this.bars - 1 ? Math.max(0, Math.ceil(this.bars / 10) - 1) : to - from;
    if (to === this.bars - 1) from = 0;
    this.play.textContent = "❚❚";
    this.play.setAttribute("aria-label", "Pause");
    const step = Math.max(1, Math.ceil(this.bars / 60));
    const tick = () => {
      this.move(from, Math.min(from + width, this.bars - 1));
      if (from + width >= this.bars - 1) return this.stop();
      from += step;
    };
    tick();
    this.timer = setInterval(tick, STEP_MS);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.play.textContent = "▶";
    this.play.setAttribute("aria-label", "Play");
  }

  draw() {
    const tall = new Array(this.bars).fill(0), { table, times } = this.filters;
    for (let row = 0; row < table.count; row++) {
      if (!times[row] || !this.filters.holds(row, { ignoringTime: true })) continue;
      const [first, last] = times[row].map((time) => this.barOf(time));
      for (let bar = first; bar <= Math.min(last, this.bars - 1); bar++) tall[bar] += (this.filters.weight?.(row) ?? 1) / (last - first + 1);
    }
    const most = Math.max(...tall, 1e-9), [from, to] = this.ends.map((end) => Number(end.value));
    this.chart.replaceChildren();
    tall.forEach((height, bar) => {
      if (!height) return;
      const shape = this.chart.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "rect"));
      const size = Math.max(height / most, 0.04);
      for (const [name, value] of Object.entries({ x: bar + 0.1, y: 1 - size, width: 0.8, height: size }))
        shape.setAttribute(name, value);
      if (bar < from || bar > to) shape.setAttribute("class", "out");
    });
    const [start, end] = this.bounds();
    const words = end - start < DAY ? dayOf(start) : writers.day.formatRange(start, end);
    this.says.textContent = words;
    this.ends[0].setAttribute("aria-valuetext", dayOf(start));
    this.ends[1].setAttribute("aria-valuetext", dayOf(end));
    this.reset.hidden = this.starts !== null || (from === 0 && to === this.bars - 1);
  }
}
