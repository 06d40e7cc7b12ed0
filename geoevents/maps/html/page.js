// Draws the panels and starts the widget. Text from the data is only ever set as text content.
const text = (id) => document.getElementById(id).textContent;

async function inflate(id) {
  const packed = atob(text(id));
  const bytes = new Uint8Array(packed.length);
  for (let i = 0; i < packed.length; i++) bytes[i] = packed.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

function add(parent, tag, content = "", className = "") {
  const element = parent.appendChild(document.createElement(tag));
  element.textContent = content;
  element.className = className;
  return element;
}

function describe(facts) {
  const about = document.getElementById("about");
  about.querySelector("h1").textContent = facts.title;
  const counts = Object.entries(facts.counts)
    .filter(([, n]) => n)
    .map(([status, n]) => `${n.toLocaleString("en")} ${status}`);
  add(about, "p", [facts.what, ...counts].filter(Boolean).join(" · "), "counts");
  if (!facts.placed) add(about, "p", "No event has a place, so there is nothing to draw on the map.", "empty");
  const more = add(about, "details", "", "more");
  more.open = !facts.placed;
  add(more, "summary", "Notes and sources");
  const say = (content, className = "note") => content && add(more, "p", content, className);
  if (facts.unresolved.length) say(`Not on the map: ${facts.unresolved.map((name) => `“${name}”`).join(", ")}.`, "misses");
  facts.notes?.forEach((note) => say(note));
  if (facts.sources?.length) say(`Sources named: ${facts.sources.join("; ")}.`);
  say(facts.made, "made");
  const tiles = facts.online ? ", © CARTO, © OpenStreetMap contributors" : "";
  document.getElementById("credits").textContent =
    `Places: ${facts.attribution || "as given"}. Map: kepler.gl${tiles}.`;
}

function explain({ heading, types, marks }) {
  const legend = document.getElementById("legend");
  legend.hidden = false;
  if (heading) add(legend, "p", heading, "heading");
  const list = add(legend, "ul");
  for (const [name, colour, number] of types) {
    const entry = add(list, "li");
    if (colour) add(entry, "span", "", "mark type").style.background = colour;
    add(entry, "span", name);
    if (number !== null) add(entry, "span", number.toLocaleString("en"), "number");
  }
  const signs = add(legend, "ul");
  for (const [kind, meaning] of marks) {
    const entry = add(signs, "li");
    add(entry, "span", kind === "label" ? "12" : "", `mark ${kind}`);
    add(entry, "span", meaning);
  }
}

// What the widget needs of a notebook: values to read, a place to leave its own, and a word when one changes.
function notebook(values) {
  const heard = {};
  return {
    get: (name) => values[name],
    set: (name, value) => { values[name] = value; },
    save_changes() {},
    on: (event, listener) => (heard[event] ??= new Set()).add(listener),
    off: (event, listener) => heard[event]?.delete(listener),
    change(name, value) {
      values[name] = value;
      heard[`change:${name}`]?.forEach((listener) => listener());
    },
  };
}

// Before it reads its configuration the widget asks for a map style from afar; it is given an empty one here.
function stayOffline() {
  const fetchLocal = window.fetch.bind(window);
  window.fetch = (request, options) => {
    const address = String(request.url ?? request);
    if (/^(blob|data):/.test(address)) return fetchLocal(request, options);
    return Promise.resolve(Response.json({ version: 8, sources: {}, layers: [] }));
  };
}

// Zooms are worked out for one window; ours may be another.
function fitted(view, [width, height]) {
  return { ...view, zoom: view.zoom + Math.log2(Math.min(window.innerWidth / width, window.innerHeight / height)) };
}

function download(name, value) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(value, null, 1)], { type: "application/json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

function start(widget, data, config, facts) {
  if (facts.fit) config.config.mapState = fitted(config.config.mapState, facts.window);
  const model = notebook({
    data, config, height: window.innerHeight, mapbox_token: "", theme: facts.theme, app_name: facts.title,
  });
  widget.render({ model, el: document.getElementById("map") });
  window.addEventListener("resize", () => model.change("height", window.innerHeight));
  const about = document.getElementById("about");
  if (facts.outside) {
    const all = document.createElement("button");
    const many = facts.outside.toLocaleString("en");
    all.textContent = `Show all: ${many}${facts.legend?.heading ? " units" : ""} lie further out`;
    all.onclick = () => {
      const known = model.get("config");
      const mapState = fitted(facts.whole, facts.window);
      model.change("config", { version: "v1", config: { mapState } });
      model.set("config", { ...known, config: { ...known.config, mapState } });
      all.remove();
    };
    about.querySelector(".more").before(all);
  }
  add(about.querySelector(".more"), "button", "Save this map's configuration").onclick = () =>
    download("map.kepler.json", model.get("config"));
}

const wait = document.getElementById("wait");
const facts = JSON.parse(text("facts"));
describe(facts);
if (facts.legend) explain(facts.legend);
if (facts.days) document.documentElement.dataset.days = "only";
if (!facts.online) stayOffline();
try {
  const source = URL.createObjectURL(new Blob([await inflate("widget")], { type: "text/javascript" }));
  const widget = (await import(source)).default;
  await document.fonts.load("16px Monaco").catch(() => {});
  start(widget, JSON.parse(await inflate("data")), JSON.parse(text("config")), facts);
  wait.remove();
  document.documentElement.dataset.map = "started";
} catch (error) {
  wait.textContent = `The map cannot be drawn: ${error.message} It needs a current browser with WebGL.`;
  document.documentElement.dataset.map = "failed";
}
