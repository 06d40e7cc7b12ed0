// The list of events: rows of one height, of which only those in sight are in the document.
const ROW_HEIGHT = 92;
// A browser cannot scroll higher than some ten million pixels: longer lists come in pages.
const PAGE_ROWS = 20_000;

class EventList {
  constructor(filters, colours, open) {
    this.filters = filters;
    this.colours = colours;
    this.open = open;
    this.box = byId("list");
    this.rows = byId("rows");
    this.page = 0;
    this.chosen = null;
    this.pager = add(this.box, "div", "", "pager");
    this.box.hidden = false;
    this.box.addEventListener("scroll", () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(this.box);
    filters.follow(() => this.refresh());
  }

  refresh() {
    this.order = [...this.filters.shown].sort((a, b) => this.key(a) - this.key(b) || a - b);
    this.page = 0;
    this.box.scrollTop = 0;
    this.draw();
  }

  // By time; what has no date comes last.
  key(row) {
    return this.filters.times[row]?.[0] ?? Infinity;
  }

  show(row) {
    this.chosen = row;
    const place = this.order.indexOf(row);
    if (place >= 0) {
      this.page = Math.floor(place / PAGE_ROWS);
      const top = (place % PAGE_ROWS) * ROW_HEIGHT;
      if (top < this.box.scrollTop || top + ROW_HEIGHT > this.box.scrollTop + this.box.clientHeight)
        this.box.scrollTop = Math.max(0, top - this.box.clientHeight / 3);
    }
    this.draw();
  }

  draw() {
    const first = this.page * PAGE_ROWS, rows = this.order.slice(first, first + PAGE_ROWS);
    this.rows.style.height = `${rows.length * ROW_HEIGHT}px`;
    const from = Math.max(0, Math.floor(this.box.scrollTop / ROW_HEIGHT) - 4);
    const upto = Math.min(rows.length, Math.ceil((this.box.scrollTop + (this.box.clientHeight || 800)) / ROW_HEIGHT) + 4);
    const focused = document.activeElement?.dataset?.row;
    this.rows.replaceChildren();
    for (let place = from; place < upto; place++) this.item(rows[place], place, first + place, focused);
    this.drawPager();
  }

  item(row, place, position, focused) {
    const { table } = this.filters;
    const { columns } = table;
    const item = add(this.rows, "li");
    item.style.top = `${place * ROW_HEIGHT}px`;
    item.setAttribute("aria-setsize", String(this.order.length));
    item.setAttribute("aria-posinset", String(position + 1));
    const face = button(item, "", "", () => this.open(row));
    face.dataset.row = String(row);
    if (row === this.chosen) face.setAttribute("aria-current", "true");
    const head = add(face, "span", "", "head");
    add(head, "span", "", "dot").style.background = this.colours.get(typeOf(table, row)) ?? "var(--other)";
    add(head, "span", columns.place?.[row] ?? "No place named", "where");
    add(head, "span", when(columns.start?.[row], columns.end?.[row]), "when");
    const told = [typeOf(table, row), ...figuresOf(table, row), ...doubts(columns, row)];
    add(face, "span", told.join(" · "), "told");
    const words = columns.evidence?.[row] ?? columns.description?.[row] ?? columns.notes?.[row] ?? "";
    add(face, "span", words, "words");
    if (String(row) === focused) face.focus({ preventScroll: true });
  }

  drawPager() {
    const pages = Math.ceil(this.order.length / PAGE_ROWS);
    this.pager.replaceChildren();
    if (!this.order.length) add(this.pager, "p", "No event fits these filters.", "empty");
    if (pages < 2) return;
    const turn = (by) => () => {
      this.page = Math.min(Math.max(this.page + by, 0), pages - 1);
      this.box.scrollTop = 0;
      this.draw();
    };
    button(this.pager, "‹ Earlier", "", turn(-1)).disabled = this.page === 0;
    add(this.pager, "span", `Page ${this.page + 1} of ${pages}`);
    button(this.pager, "Later ›", "", turn(1)).disabled = this.page === pages - 1;
  }
}

function figuresOf({ figures }, row) {
  return Object.entries(figures)
    .filter(([name, values]) => values[row] && !name.endsWith(")"))
    .map(([name, values]) => `${numbers.format(values[row])} ${name}${rangeOf(figures, name, row)}`);
}

function rangeOf(figures, name, row) {
  const low = figures[`${name} (low)`]?.[row] ?? null, high = figures[`${name} (high)`]?.[row] ?? null;
  if (low === null || high === null || low === high) return "";
  return ` (${numbers.format(low)}–${numbers.format(high)})`;
}

function doubts(columns, row) {
  const out = [];
  if (columns.lon?.[row] === null || columns.lon === undefined) out.push("not on the map");
  if (columns.match_status?.[row] === "ambiguous") out.push("place is a guess");
  const status = columns.status?.[row];
  if (status && status !== "happened") out.push(status);
  return out;
}
