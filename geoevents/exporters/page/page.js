const text = (id) => document.getElementById(id).textContent;

async function inflate(id) {
  const bytes = Uint8Array.from(atob(text(id)), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

function element(parent, name, content, className) {
  const made = parent.appendChild(document.createElement(name));
  made.textContent = content;
  if (className) made.className = className;
  return made;
}

function describe(facts) {
  const about = document.getElementById("about");
  element(about, "h1", facts.title);
  const counts = Object.entries(facts.counts ?? {}).map(([status, n]) => `${n} ${status}`);
  if (counts.length) element(about, "p", counts.join(", "));
  if (!facts.placed) element(about, "p", "No event could be placed, so the map is empty. The table keeps every row.");
  const list = element(about, "ul", "");
  for (const [name, colour] of facts.legend) {
    element(list, "li", name).style.setProperty("--colour", colour);
  }
  element(about, "p", facts.attribution ?? "", "source");
}

// What the widget needs of a notebook: values it can read, and a place to leave its own.
function model(values) {
  return { get: (name) => values[name], set: (name, value) => { values[name] = value; }, save_changes() {}, on() {}, off() {} };
}

// The widget asks for an online base map even when it draws none: it gets an empty one from here, and no request is made.
const online = window.fetch;
window.fetch = (input, options) => {
  const url = new URL(input instanceof Request ? input.url : input, document.baseURI);
  if (!/^https?:$/.test(url.protocol)) return online(input, options);
  return Promise.resolve(new Response(JSON.stringify({ version: 8, sources: {}, layers: [] })));
};

describe(JSON.parse(text("facts")));
const source = URL.createObjectURL(new Blob([await inflate("widget")], { type: "text/javascript" }));
const widget = (await import(source)).default;
const values = {
  data: JSON.parse(await inflate("data")), config: JSON.parse(text("config")), height: window.innerHeight,
  mapbox_token: "", theme: "light", app_name: document.title,
};
widget.render({ model: model(values), el: document.getElementById("map") });
document.getElementById("wait").remove();
window.geoeventsReady = true;
