// Which events are shown: one state, which list, map, labels, timeline and chips follow.
class Filters {
  constructor(table) {
    this.table = table;
    this.types = new Set();
    this.facets = new Map();
    this.words = [];
    this.span = null;
    this.listeners = [];
    this.times = table ? timesOf(table) : [];
    this.texts = null;
    this.shown = table ? Array.from({ length: table.count }, (_, row) => row) : [];
  }

  follow(listener) {
    this.listeners.push(listener);
    listener(this);
  }

  change(part) {
    Object.assign(this, part);
    this.shown = [];
    for (let row = 0; row < this.table.count; row++) if (this.holds(row)) this.shown.push(row);
    this.listeners.forEach((listener) => listener(this));
  }

  get narrowed() {
    return this.shown.length < this.table.count;
  }

  holds(row, { ignoringTypes = false, ignoringTime = false } = {}) {
    const { columns } = this.table;
    if (!ignoringTypes && this.types.size && !this.types.has(typeOf(this.table, row))) return false;
    for (const [name, value] of this.facets) if (value !== "" && !FACETS[name].has(columns, row, value)) return false;
    if (!ignoringTime && this.span && this.times[row]) {
      const [first, last] = this.times[row];
      if (last < this.span[0] || first > this.span[1]) return false;
    }
    return this.words.every((word) => this.textOf(row).includes(word));
  }

  textOf(row) {
    this.texts ??= new Array(this.table.count);
    if (this.texts[row] === undefined) {
      const { columns, own } = this.table;
      const cells = [...SEARCHED.map((name) => columns[name]?.[row]), ...Object.values(own).map((values) => values[row])];
      this.texts[row] = folded(cells.filter((cell) => cell !== null && cell !== undefined).join(" "));
    }
    return this.texts[row];
  }
}

const SEARCHED = ["type", "place", "place_query", "country", "actor1", "actor2", "evidence", "description", "notes", "source"];
const folded = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const timesOf = ({ columns, count: rows }) =>
  Array.from({ length: rows }, (_, row) => {
    const start = columns.start?.[row];
    if (!start) return null;
    const first = milliseconds(start);
    return [first, Math.max(first, columns.end?.[row] ? milliseconds(columns.end[row]) : first)];
  });

// The type an event is coloured by; one that has no colour has no place.
const typeOf = ({ columns }, row) => columns.type?.[row] ?? "not stated";

const FACETS = {
  actor: {
    title: "Actor",
    values: ({ actor1 = [], actor2 = [] }) => [...actor1, ...actor2],
    has: ({ actor1 = [], actor2 = [] }, row, value) => actor1[row] === value || actor2[row] === value,
  },
  precision: {
    title: "Precision",
    values: ({ where_prec: codes = [] }) => codes,
    has: ({ where_prec: codes }, row, value) => String(codes[row]) === value,
  },
  status: {
    title: "Status",
    values: ({ match_status: statuses = [], status: told = [] }) => [...statuses, ...told],
    has: ({ match_status: statuses = [], status: told = [] }, row, value) => statuses[row] === value || told[row] === value,
  },
};

function describeFilters(filters, colours) {
  const { table } = filters;
  byId("filters").hidden = false;
  const search = byId("search");
  let waiting;
  search.oninput = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => filters.change({ words: folded(search.value).split(/\s+/).filter(Boolean) }), 120);
  };
  describeTypes(filters, colours);
  const line = byId("facets");
  for (const [name, facet] of Object.entries(FACETS)) {
    const tally = tallied(facet.values(table.columns));
    if (tally.length < 2) continue;
    const label = add(line, "label", "", "facet");
    add(label, "span", facet.title);
    const select = add(label, "select");
    add(select, "option", "All").value = "";
    for (const [value, number] of tally.slice(0, 200)) {
      const words = name === "precision" ? table.precisions[value] ?? value : value;
      add(select, "option", `${words} (${numbers.format(number)})`).value = String(value);
    }
    select.onchange = () => filters.change({ facets: new Map(filters.facets).set(name, select.value) });
  }
  filters.follow(() => {
    const all = count(table.count, "event");
    byId("found").textContent = filters.narrowed ? `${numbers.format(filters.shown.length)} of ${all}` : all;
  });
}

function describeTypes(filters, colours) {
  const tally = tallied(Array.from({ length: filters.table.count }, (_, row) => typeOf(filters.table, row)));
  const chips = tally.slice(0, 40).map(([type]) => {
    const chip = button(byId("types"), "", "", () => {
      const types = new Set(filters.types);
      if (!types.delete(type)) types.add(type);
      filters.change({ types });
    });
    chip.className = "chip";
    add(chip, "span", "", "dot").style.background = colours.get(type) ?? "var(--other)";
    add(chip, "span", type);
    return [chip, type, add(chip, "span", "", "number")];
  });
  filters.follow(() => {
    const seen = new Map();
    for (let row = 0; row < filters.table.count; row++) {
      if (!filters.holds(row, { ignoringTypes: true })) continue;
      const type = typeOf(filters.table, row);
      seen.set(type, (seen.get(type) ?? 0) + 1);
    }
    for (const [chip, type, number] of chips) {
      chip.setAttribute("aria-pressed", String(filters.types.has(type)));
      number.textContent = numbers.format(seen.get(type) ?? 0);
    }
  });
}

// Values with how often they occur, the commonest first.
function tallied(values) {
  const tally = new Map();
  for (const value of values) if (value !== null && value !== undefined) tally.set(value, (tally.get(value) ?? 0) + 1);
  return [...tally].sort((a, b) => b[1] - a[1] || String(a[0]).localeCompare(String(b[0])));
}
