// Draws the panel and starts the widget. Text from the data is only ever set as text content.
const text = (id) => document.getElementById(id).textContent;

async function inflate(id) {
  const packed = atob(text(id));
  const bytes = new Uint8Array(packed.length);
  for (let i = 0; i < packed.length; i++) bytes[i] = packed.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

function describe(facts) {
  const about = document.getElementById("about");
  const say = (content, className) => {
    const line = about.appendChild(document.createElement("p"));
    line.textContent = content;
    line.className = className;
  };
  about.querySelector("h1").textContent = facts.title;
  say(Object.entries(facts.counts).map(([status, n]) => `${n.toLocaleString("en")} ${status}`).join(" · "), "counts");
  if (!facts.placed) say("No event has a place, so there is nothing to draw on the map.", "empty");
  if (facts.unresolved.length) say(`Not on the map: ${facts.unresolved.map((name) => `“${name}”`).join(", ")}`, "misses");
  if (facts.note) say(facts.note, "small");
  say(`Data: ${facts.attribution || "as given"}. Map: kepler.gl.`, "small");
  if (facts.made) say(facts.made, "small made");
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

function start(widget, data, config, facts) {
  const [width, height] = facts.window;
  config.config.mapState.zoom += Math.log2(Math.min(window.innerWidth / width, window.innerHeight / height));
  const model = notebook({
    data, config, height: window.innerHeight, mapbox_token: "", theme: "light", app_name: facts.title,
  });
  widget.render({ model, el: document.getElementById("map") });
  window.addEventListener("resize", () => model.change("height", window.innerHeight));
}

const wait = document.getElementById("wait");
const facts = JSON.parse(text("facts"));
describe(facts);
stayOffline();
try {
  const source = URL.createObjectURL(new Blob([await inflate("widget")], { type: "text/javascript" }));
  const widget = (await import(source)).default;
  start(widget, JSON.parse(await inflate("data")), JSON.parse(text("config")), facts);
  wait.remove();
  document.documentElement.dataset.map = "started";
} catch (error) {
  wait.textContent = `The map cannot be drawn: ${error.message} It needs a current browser with WebGL.`;
  document.documentElement.dataset.map = "failed";
}
