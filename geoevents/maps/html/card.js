// The card of an event: everything that is known of it, under the names its table has.
const LINKS = /(https?:\/\/[^\s;,<>"]+)/i;

class Card {
  constructor(filters, colours) {
    this.filters = filters;
    this.colours = colours;
    this.box = byId("card");
    this.rows = [];
    this.at = 0;
    this.box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  get row() {
    return this.rows[this.at] ?? null;
  }

  open(rows, at = 0) {
    this.rows = rows;
    this.at = at;
    this.draw();
    this.box.hidden = false;
  }

  close() {
    this.box.hidden = true;
    this.rows = [];
    this.closed?.();
  }

  turn(by) {
    this.at = (this.at + by + this.rows.length) % this.rows.length;
    this.draw();
    this.turned?.(this.row);
  }

  draw() {
    const { table } = this.filters;
    const { columns } = table;
    const row = this.row;
    this.box.replaceChildren();
    const head = add(this.box, "div", "", "head");
    add(head, "span", "", "dot").style.background = this.colours.get(typeOf(table, row)) ?? "var(--other)";
    add(head, "h2", columns.place?.[row] ?? "No place named");
    button(head, "×", "Close", () => this.close()).className = "close";
    add(this.box, "p", [typeOf(table, row), when(columns.start?.[row], columns.end?.[row])].join(" · "), "told");
    const words = columns.evidence?.[row] ?? columns.description?.[row];
    if (words) add(this.box, "blockquote", words);
    const facts = add(this.box, "dl");
    for (const [name, value] of factsOf(table, row)) fact(facts, name, value);
    if (this.rows.length > 1) this.drawTurner();
    this.box.scrollTop = 0;
  }

  drawTurner() {
    const turner = add(this.box, "div", "", "turner");
    button(turner, "‹", "Event before", () => this.turn(-1));
    add(turner, "span", `${numbers.format(this.at + 1)} of ${count(this.rows.length, "event")} here`);
    button(turner, "›", "Next event", () => this.turn(1));
  }
}

function* factsOf(table, row) {
  const { columns, own } = table;
  const value = (name) => columns[name]?.[row] ?? null;
  const figures = figuresOf(table, row);
  if (figures.length) yield ["Figures", figures.join(", ")];
  for (const name of ["actor1", "actor2"]) if (value(name)) yield [name === "actor1" ? "Actor" : "Second actor", value(name)];
  if (value("where_prec")) yield ["Precision", precise(table, row)];
  if (value("place_query") && value("place_query") !== value("place")) yield ["Written as", value("place_query")];
  if (value("match_status") === "ambiguous") yield ["Certainty", "The place is the best guess of several"];
  if (value("match_status") === "unresolved") yield ["Certainty", "No place was found for these words"];
  if (value("match_note")) yield ["Note", value("match_note")];
  if (value("status")) yield ["Status", value("status")];
  for (const [name, values] of Object.entries(own)) if (values[row] !== null) yield [name, values[row]];
  if (value("event_type") && value("event_type") !== value("type")) yield ["Type", value("event_type")];
  if (value("notes")) yield ["Notes", value("notes")];
  if (value("source")) yield ["Source", value("source")];
}

function precise(table, row) {
  const words = table.precisions[table.columns.where_prec[row]] ?? "";
  const radius = table.columns.radius_km?.[row];
  return radius ? `${words}, within about ${numbers.format(radius < 10 ? radius : Math.round(radius))} km` : words;
}

function fact(list, name, value) {
  add(list, "dt", name);
  const entry = add(list, "dd");
  if (typeof value === "number") entry.textContent = Number.isInteger(value) ? String(value) : numbers.format(value);
  else if (/^\d{4}-\d\d-\d\d(T.*)?$/.test(value)) entry.textContent = value.replace("T", " ").replace(/:00Z$/, "");
  else linked(entry, String(value));
}

// Every second part of a text split at its links is a link.
function linked(parent, words) {
  words.split(LINKS).forEach((part, place) => {
    if (!part) return;
    if (place % 2 === 0) return parent.append(part);
    const anchor = add(parent, "a", part.replace(/^https?:\/\/(www\.)?/i, ""));
    anchor.href = part;
    anchor.target = "_blank";
    anchor.rel = "noopener noreferrer";
  });
}
