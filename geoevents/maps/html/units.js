// The list of a choropleth: units by a figure, the largest first, with bars in the colours of the map.
const UNIT_HEIGHT = 46;

class UnitList {
  constructor(units, colours, open) {
    this.units = units;
    this.colours = colours;
    this.open = open;
    this.starts = units.starts.map(milliseconds);
    this.figure = Object.keys(units.figures)[0];
    this.words = [];
    this.chosen = null;
    this.period = this.busiest();
    this.box = byId("list");
    this.rows = byId("rows");
    this.box.setAttribute("aria-label", "List of units");
    this.box.hidden = false;
    this.box.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(this.box);
    this.describe();
    this.refresh();
  }

  // What the timeline asks: a row a cell, each in its period, as tall as its figure.
  get table() {
    return { count: this.units.unit.length };
  }

  get times() {
    return this.units.period.map((period) => [this.starts[period], this.starts[period]]);
  }

  holds() {
    return true;
  }

  weight(cell) {
    return this.units.figures[this.figure][cell];
  }

  follow(listener) {
    this.followed = listener;
    listener();
  }

  busiest() {
    const sums = new Array(Math.max(this.starts.length, 1)).fill(0);
    this.units.period.forEach((period, cell) => { sums[period] += this.units.figures.events[cell]; });
    return sums.indexOf(Math.max(...sums));
  }

  describe() {
    byId("filters").hidden = false;
    byId("types").remove();
    const search = byId("search");
    search.placeholder = "Search units";
    byId("filters").querySelector("label").textContent = "Search units";
    search.oninput = () => {
      this.words = folded(search.value).split(/\s+/).filter(Boolean);
      this.refresh();
    };
    const names = Object.keys(this.units.figures);
    if (names.length < 2) return;
    const label = add(byId("facets"), "label", "", "facet");
    add(label, "span", "Sort by");
    const select = add(label, "select");
    for (const name of names) add(select, "option", named(name)).value = name;
    select.onchange = () => {
      this.figure = select.value;
      this.refresh();
      this.followed?.();
    };
  }

  // The figures of the period that is shown, the largest first.
  refresh() {
    const { units } = this, found = new Map(units.names.map((_, unit) => [unit, { value: 0, colour: null }]));
    const values = units.figures[this.figure];
    units.unit.forEach((unit, cell) => {
      if (units.period[cell] === this.period) found.set(unit, { value: values[cell], colour: units.colour[cell] });
    });
    this.ranked = [...found].sort((a, b) => b[1].value - a[1].value || units.names[a[0]].localeCompare(units.names[b[0]]));
    this.ranked.forEach((entry, place) => { entry[1].rank = place + 1; });
    this.most = this.ranked[0]?.[1].value || 1;
    this.shown = this.ranked.filter(([unit]) => this.words.every((word) => folded(units.names[unit]).includes(word)));
    const all = count(units.names.length, "unit");
    const when = this.starts.length > 1 ? ` · ${dayOf(this.starts[this.period])}` : "";
    byId("found").textContent = (this.words.length ? `${numbers.format(this.shown.length)} of ${all}` : all) + when;
    this.box.scrollTop = 0;
    this.draw();
  }

  show(unit) {
    this.chosen = unit;
    const place = this.shown.findIndex(([other]) => other === unit), top = place * UNIT_HEIGHT;
    if (place >= 0 && (top < this.box.scrollTop || top + UNIT_HEIGHT > this.box.scrollTop + this.box.clientHeight))
      this.box.scrollTop = Math.max(0, top - this.box.clientHeight / 3);
    this.draw();
  }

  draw() {
    this.rows.style.height = `${this.shown.length * UNIT_HEIGHT}px`;
    const from = Math.max(0, Math.floor(this.box.scrollTop / UNIT_HEIGHT) - 4);
    const upto = Math.min(this.shown.length, Math.ceil((this.box.scrollTop + (this.box.clientHeight || 800)) / UNIT_HEIGHT) + 4);
    const focused = document.activeElement?.dataset?.row;
    this.rows.replaceChildren();
    for (let place = from; place < upto; place++) this.item(place, focused);
  }

  item(place, focused) {
    const [unit, { value, colour, rank }] = this.shown[place];
    const item = add(this.rows, "li", "", "unit");
    item.style.top = `${place * UNIT_HEIGHT}px`;
    item.setAttribute("aria-setsize", String(this.shown.length));
    item.setAttribute("aria-posinset", String(place + 1));
    const face = button(item, "", "", () => this.open(unit));
    face.dataset.row = String(unit);
    if (unit === this.chosen) face.setAttribute("aria-current", "true");
    const head = add(face, "span", "", "head");
    add(head, "span", numbers.format(rank), "rank");
    add(head, "span", this.units.names[unit], "where");
    add(head, "span", numbers.format(value), "when");
    const bar = add(add(face, "span", "", "bar"), "span");
    bar.style.width = `${Math.max((100 * value) / this.most, 0)}%`;
    bar.style.background = this.colours[colour] ?? "var(--other)";
    if (String(unit) === focused) face.focus({ preventScroll: true });
  }
}

const named = (name) => (name.charAt(0).toUpperCase() + name.slice(1)).replaceAll("_", " ");
