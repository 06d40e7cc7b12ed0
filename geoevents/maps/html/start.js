// Puts the parts together: what can be read comes first, the map when it has loaded.
const STATUSES = {
  events: (number) => count(number, "event"),
  matched: (number) => `${count(number, "event")} placed`,
  ambiguous: (number) => `${count(number, "place is a guess", "places are guesses")}`,
  unresolved: (number) => `${numbers.format(number)} without a place`,
};

// Dates of a sentence, and spans of them, as the reader's language writes them.
const inWords = (sentence) =>
  sentence.replace(/(\d{4}-\d\d-\d\d)(?: to (\d{4}-\d\d-\d\d))?/g, (_, start, end) => when(start, end));

function describe(facts) {
  const about = byId("about");
  about.querySelector("h1").textContent = facts.title;
  byId("grip").textContent = facts.embed && !narrow.matches ? "List" : facts.title;
  const counts = Object.entries(facts.counts)
    .filter(([, number]) => number)
    .map(([status, number]) => STATUSES[status]?.(number) ?? `${numbers.format(number)} ${status}`);
  add(about, "p", [inWords(facts.what ?? ""), ...counts].filter(Boolean).join(" · "), "counts");
  if (!facts.placed) add(about, "p", "No event has a place, so there is nothing to draw on the map.", "empty");
  const notes = byId("notes");
  const say = (content, className = "note") => content && add(notes, "p", content, className);
  if (facts.unresolved.length) say(`Not on the map: ${facts.unresolved.map((name) => `“${name}”`).join(", ")}.`, "misses");
  facts.notes?.forEach((note) => say(note));
  if (facts.sources?.length) say(`Sources named: ${facts.sources.join("; ")}.`);
  say(facts.made, "made");
  const tiles = facts.online ? ", © CARTO, © OpenStreetMap contributors" : "";
  byId("credits").textContent = `Places: ${facts.attribution || "as given"}. Map: kepler.gl${tiles}.`;
  say(byId("credits").textContent, "credits");
}

function explain({ heading, types, marks }) {
  const legend = byId("legend");
  legend.hidden = false;
  if (heading) add(legend, "p", heading, "heading");
  const list = add(legend, "ul");
  for (const [name, colour, number] of types) {
    const entry = add(list, "li");
    if (colour) add(entry, "span", "", "mark type").style.background = colour;
    add(entry, "span", name);
    if (number !== null) add(entry, "span", numbers.format(number), "number");
  }
  const signs = add(legend, "ul");
  for (const [kind, meaning] of marks) {
    if (kind === "label") continue;
    const entry = add(signs, "li");
    add(entry, "span", "", `mark ${kind}`);
    add(entry, "span", meaning);
  }
}

function openSheet(open) {
  root.toggleAttribute("data-sheet", open);
  byId("grip").setAttribute("aria-expanded", String(open));
}

function describeTools(map, facts) {
  const box = byId("tools");
  const zoom = (by) => () => map.move({ zoom: Math.min(Math.max(map.state.mapState.zoom + by, 0), 20) });
  button(box, "+", "Zoom in", zoom(1));
  button(box, "−", "Zoom out", zoom(-1));
  const show = (view) => () => {
    const { latitude, longitude, zoom: level } = fitted(view, facts.window);
    map.move({ latitude, longitude, zoom: level });
  };
  if (facts.whole) button(box, "⤢", facts.outside ? `Show all: ${numbers.format(facts.outside)} lie further out` : "Show all", show(facts.whole));
  const tools = button(box, "⚙", "Kepler.gl's own tools", () => {
    const open = root.toggleAttribute("data-tools");
    tools.setAttribute("aria-pressed", String(open));
  });
  tools.setAttribute("aria-pressed", "false");
  button(byId("notes"), "Save this map's configuration", "", () => download("map.kepler.json", map.model.get("config")));
}

// A sheet of paper, A4 or Letter across, in CSS pixels: what the map may take of it.
const SHEET = [970, 530];

// On paper the map is as it was on the screen, only smaller, and the legend is open.
function preparePrint() {
  const legend = byId("legend"), stage = byId("stage");
  let opened = false;
  const measure = () => {
    const { clientWidth: width, clientHeight: height } = stage;
    root.style.setProperty("--map-width", `${width}px`);
    root.style.setProperty("--map-height", `${height}px`);
    root.style.setProperty("--print-zoom", Math.min(SHEET[0] / width, SHEET[1] / height, 1).toFixed(3));
  };
  measure();
  window.addEventListener("resize", () => {
    if (!window.matchMedia("print").matches) measure();
  });
  window.addEventListener("beforeprint", () => {
    opened = legend.open;
    legend.open = true;
  });
  window.addEventListener("afterprint", () => { legend.open = opened; });
}

// A ring around the event that the card tells of.
function describeMarker(map, card, table) {
  const marker = byId("marker");
  const draw = () => {
    const row = card.row;
    const lon = row === null ? null : (table.columns.lon?.[row] ?? null);
    const spot = lon === null ? null : map.pixel(lon, table.columns.lat[row]);
    marker.hidden = !spot;
    if (spot) marker.style.transform = `translate(${spot[0]}px, ${spot[1]}px)`;
  };
  map.follow((state, before) => {
    if (state.mapState !== before.mapState) draw();
  });
  return draw;
}

// Events of one place, so that a click on the topmost opens them all.
function together(filters, row) {
  const { lon, lat, place } = filters.table.columns;
  if (!lon || lon[row] === null) return [row];
  return filters.shown.filter((other) => lon[other] === lon[row] && lat[other] === lat[row] && place?.[other] === place?.[row]);
}

function link(map, filters, list, card, report, span) {
  const { columns } = filters.table;
  const mark = describeMarker(map, card, filters.table);
  filters.follow(() => {
    const names = filters.shown.length ? filters.shown.map((row) => `e${row}`) : ["none"];
    map.filter("event", filters.narrowed ? Chosen.of(names) : []);
  });
  // The map compares times as short numbers: a little room on both sides keeps the first and last events.
  span.follow((value) => value && map.filter("time", [value[0] - DAY / 4, value[1] + DAY / 4]));
  const show = (row) => {
    list.show(row);
    report?.show(row);
    mark();
  };
  card.closed = () => {
    map.send("LAYER_CLICK", { info: null });
    show(null);
  };
  card.turned = show;
  list.opened = (row) => {
    mark();
    if (columns.lon && columns.lon[row] !== null) centre(map, columns.lon[row], columns.lat[row]);
  };
  map.follow(({ visState }, before) => {
    if (visState.clicked === before.visState?.clicked || !visState.clicked) return;
    const row = map.rowOf(visState.clicked);
    if (row === null) return;
    const rows = together(filters, row);
    card.open(rows, Math.max(rows.indexOf(row), 0));
    show(row);
  });
}

// Units and map, linked both ways.
function linkUnits(map, units, list, span) {
  const marker = describeMarker(map, { get row() { return list.chosen; } }, { columns: units });
  // A unit stands at the first day of its period.
  span.follow((value) => value && map.filter("time", [value[0] - DAY / 4, value[0] + DAY / 4]));
  list.opened = (unit) => {
    marker();
    centre(map, units.lon[unit], units.lat[unit]);
  };
  const choose = (pointed) => {
    const row = map.rowOf(pointed);
    list.show(row === null || !units.row.includes(row) ? null : units.row.indexOf(row));
    marker();
  };
  map.follow(({ visState }, before) => {
    if (visState.clicked && visState.clicked !== before.visState?.clicked) choose(visState.clicked);
  });
  // Under a tooltip the widget takes no click: what the pointer is on was chosen.
  byId("map").addEventListener("click", () => choose(map.state.visState.hoverInfo), true);
}

// Moves the map only as far as a place in sight needs.
function centre(map, longitude, latitude) {
  const spot = map.pixel(longitude, latitude), { width, height } = map.state.mapState;
  const inside = spot && spot[0] > 60 && spot[0] < width - 380 && spot[1] > 60 && spot[1] < height - 120;
  if (!inside) map.move({ longitude, latitude });
}

const facts = JSON.parse(text("facts"));
const wait = byId("wait");
describe(facts);
if (facts.legend) explain(facts.legend);
if (facts.embed) root.dataset.embed = "";
preparePrint();
byId("grip").addEventListener("click", () => openSheet(!root.hasAttribute("data-sheet")));
if (!facts.online) stayOffline();
try {
  const { events: table, units, ground } = JSON.parse(await inflate("events"));
  const filters = new Filters(table);
  const colours = new Map((facts.legend?.types ?? []).map(([name, colour]) => [name, colour]));
  const span = {
    value: null,
    listeners: [],
    follow(listener) {
      this.listeners.push(listener);
      listener(this.value);
    },
  };
  let list = null, card = null, report = null;
  if (table) {
    describeFilters(filters, colours);
    card = new Card(filters, colours);
    byId("grip").addEventListener("click", () => card.close());
    const open = (rows, row) => {
      card.open(rows, Math.max(rows.indexOf(row), 0));
      list.show(row);
      report?.show(row);
      if (narrow.matches) openSheet(false);
      list.opened?.(row);
    };
    list = new EventList(filters, colours, (row) => open(together(filters, row), row));
    if (table.reports.length) report = new ReportView(filters, colours, (rows) => open(rows, rows[0]));
    new Timeline(filters, (value, bounds) => {
      filters.change({ span: value });
      span.value = bounds;
      span.listeners.forEach((listener) => listener(bounds));
    });
  }
  let unitList = null;
  if (units?.names.length) {
    byId("legend").open = true;
    unitList = new UnitList(units, facts.legend?.types.map(([, colour]) => colour) ?? [], (unit) => {
      unitList.show(unit);
      if (narrow.matches) openSheet(false);
      unitList.opened?.(unit);
    });
    if (unitList.starts.length > 1)
      new Timeline(unitList, (value, bounds) => {
        unitList.period = unitList.starts.indexOf(bounds[0]);
        unitList.refresh();
        unitList.followed?.();
        span.value = bounds;
        span.listeners.forEach((listener) => listener(bounds));
      }, unitList.starts);
  }
  root.dataset.page = "ready";
  const map = await startKepler(facts);
  describeTools(map, facts);
  new Labels(map, table ? filters : null, ground);
  if (table) link(map, filters, list, card, report, span);
  if (unitList) linkUnits(map, units, unitList, span);
  wait.remove();
  root.dataset.map = "started";
} catch (error) {
  wait.textContent = `The map cannot be drawn: ${error.message} It needs a current browser with WebGL.`;
  root.dataset.map = "failed";
}
