// Names over the map: places of events with how many there are, and the ground's countries and towns.
// A name that has no room is left out: fewer names rather than piled ones.
const MOST_LABELS = 400;

class Labels {
  constructor(map, filters, ground) {
    this.map = map;
    this.box = byId("labels");
    this.ground = ground;
    this.places = [];
    this.drawn = new Map();
    filters?.follow(() => {
      this.places = placesOf(filters);
      this.later();
    });
    map.follow((state, before) => {
      if (state.mapState !== before.mapState) this.later();
    });
  }

  later() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      this.draw();
    });
  }

  draw() {
    const { width, height, zoom } = this.map.state.mapState;
    const taken = [], kept = new Set();
    const wanted = [...this.places, ...this.ground.filter(([, , , , least]) => zoom >= least).map(groundLabel)];
    for (const { key, words, kind, lon, lat } of wanted) {
      if (kept.size >= MOST_LABELS) break;
      const spot = this.map.pixel(lon, lat);
      if (!spot || spot[0] < 0 || spot[1] < 0 || spot[0] > width || spot[1] > height) continue;
      const box = inside(boxOf(spot, words, kind), width);
      if (taken.some((other) => overlap(box, other))) continue;
      taken.push(box);
      kept.add(key);
      this.place(key, words, kind, box);
    }
    for (const [key, element] of this.drawn) {
      if (kept.has(key)) continue;
      element.remove();
      this.drawn.delete(key);
    }
  }

  place(key, words, kind, [left, top]) {
    let element = this.drawn.get(key);
    if (!element) {
      element = add(this.box, "span", words, kind);
      this.drawn.set(key, element);
    }
    element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }
}

// Places of shown events, those with the most events first.
function placesOf({ shown, table: { columns } }) {
  const places = new Map();
  for (const row of shown) {
    const lon = columns.lon?.[row] ?? null, lat = columns.lat?.[row] ?? null;
    if (lon === null || lat === null) continue;
    const name = columns.place?.[row] ?? "";
    const key = `${name}|${lon.toFixed(2)}|${lat.toFixed(2)}`;
    const known = places.get(key);
    if (known) known.number += 1;
    else places.set(key, { name, lon, lat, number: 1, kind: columns.area?.[row] ? "place area" : "place" });
  }
  return [...places.values()]
    .filter(({ name, number }) => name || number > 1)
    .sort((a, b) => b.number - a.number || a.name.localeCompare(b.name))
    .slice(0, MOST_LABELS)
    .map((place) => {
      const words = [place.name.slice(0, 40), place.number > 1 ? numbers.format(place.number) : ""].filter(Boolean).join(" · ");
      return { ...place, words, key: `${place.kind}|${words}|${place.lon}|${place.lat}` };
    });
}

const groundLabel = ([name, kind, lon, lat]) => ({ key: `${kind}|${name}|${lon}`, words: name, kind: `ground ${kind}`, lon, lat });

// How wide a name is in the page's letters, pixels; asked once a name.
const pen = document.createElement("canvas").getContext("2d");
const widths = new Map();
function widthOf(words, kind) {
  const key = `${kind}|${words}`;
  if (!widths.has(key)) {
    const heavy = kind.startsWith("place") || kind.includes("capital");
    pen.font = `${heavy ? 600 : 400} 12.5px ${getComputedStyle(document.body).fontFamily}`;
    widths.set(key, pen.measureText(words).width + (kind.includes("country") ? words.length * 0.5 : 0));
  }
  return widths.get(key);
}

// Left, top, right and bottom of a name. Event places stand beside their point, the rest on their spot.
function boxOf([x, y], words, kind) {
  const width = widthOf(words, kind) + 10, tall = 18;
  const left = kind === "place" ? x + 10 : x - width / 2;
  return [left, y - tall / 2, left + width, y + tall / 2];
}

// A name near the edge is moved in, so that none is cut.
function inside([left, top, right, bottom], width) {
  const by = Math.max(4 - left, 0) + Math.min(width - 4 - right, 0);
  return [left + by, top, right + by, bottom];
}

const overlap = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
