// The Kepler.gl widget: how it is started, told what to show, and asked what was clicked.

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

// Zooms are worked out for one map; ours may be larger or smaller.
function fitted(view, [width, height]) {
  const { clientWidth, clientHeight } = byId("map");
  return { ...view, zoom: view.zoom + Math.log2(Math.min(clientWidth / width, clientHeight / height)) };
}

// Rows that are shown, as a filter's value: the filter asks each row of the map once, so asking has to be quick.
class Chosen extends Array {
  static of(names) {
    const chosen = new Chosen();
    chosen.push(...names.slice(0, 1));
    chosen.names = new Set(names);
    return chosen;
  }
  includes(name) {
    return this.names.has(name);
  }
}

class KeplerMap {
  constructor(store, model) {
    this.store = store;
    this.model = model;
    this.id = Object.keys(store.getState().keplerGl)[0];
    this.state = store.getState().keplerGl[this.id];
    this.listeners = [];
    store.subscribe(() => {
      const before = this.state;
      this.state = store.getState().keplerGl[this.id];
      if (this.state !== before) this.listeners.forEach((listener) => listener(this.state, before));
    });
  }

  follow(listener) {
    this.listeners.push(listener);
    listener(this.state, {});
  }

  send(type, payload) {
    const meta = { _forward_: "@@redux-forward/FORWARD", _id_: this.id, _addr_: `@@KG_${this.id.toUpperCase()}` };
    this.store.dispatch({ type: `@@kepler.gl/${type}`, ...payload, meta });
  }

  filter(id, value) {
    const idx = this.state.visState.filters.findIndex((filter) => filter.id === id);
    if (idx >= 0) this.send("SET_FILTER", { idx, prop: "value", value, valueIndex: 0 });
  }

  move(view) {
    this.send("UPDATE_MAP", { payload: { viewport: { ...this.state.mapState, ...view }, mapIndex: 0 } });
  }

  // The rows of the list that lie under a thing that was pointed at.
  rowOf(pointed) {
    const { layers, datasets } = this.state.visState;
    const layer = layers[pointed?.layer?.props?.idx];
    const index = pointed?.object?.index ?? pointed?.object?.properties?.index ?? pointed?.index;
    const table = datasets[layer?.config?.dataId];
    const column = table?.fields?.findIndex((field) => field.name === "event") ?? -1;
    if (column < 0 || index === undefined || index < 0) return null;
    const name = String(table.dataContainer.valueAt(index, column) ?? "");
    return name.startsWith("e") ? Number(name.slice(1)) : null;
  }

  // Where a place is on the map, in pixels; null while the map is tilted or turned.
  pixel(lon, lat) {
    const { longitude, latitude, zoom, width, height, pitch, bearing } = this.state.mapState;
    if (pitch || bearing) return null;
    const world = 512 * 2 ** zoom;
    const turned = ((((lon - longitude + 180) % 360) + 360) % 360) - 180;
    return [width / 2 + (turned / 360) * world, height / 2 - (northing(lat) - northing(latitude)) * world];
  }
}

const northing = (lat) => Math.log(Math.tan(Math.PI / 4 + (Math.min(Math.max(lat, -85), 85) * Math.PI) / 360)) / (2 * Math.PI);

// The widget keeps its store to itself; React holds it at the root of what is drawn.
function storeOf(element) {
  const name = Object.keys(element).find((key) => key.startsWith("__reactContainer"));
  const waiting = [element[name]?.stateNode?.current ?? element[name]];
  while (waiting.length) {
    const part = waiting.pop();
    if (!part) continue;
    if (part.memoizedProps?.store?.dispatch) return part.memoizedProps.store;
    waiting.push(part.sibling, part.child);
  }
  return null;
}

async function startKepler(facts) {
  const config = JSON.parse(text("config"));
  const source = URL.createObjectURL(new Blob([await inflate("widget")], { type: "text/javascript" }));
  const widget = (await import(source)).default;
  const land = text("land") ? { land: JSON.parse(await inflate("land")) } : {};
  const data = { ...land, ...JSON.parse(await inflate("data")) };
  const stage = byId("map");
  if (facts.fit) config.config.mapState = fitted(config.config.mapState, facts.window);
  const model = notebook({
    data, config, height: stage.clientHeight, mapbox_token: "", theme: facts.theme, app_name: facts.title,
  });
  widget.render({ model, el: stage });
  new ResizeObserver(() => model.change("height", stage.clientHeight)).observe(byId("stage"));
  let store = null;
  for (let tries = 0; tries < 200 && !(store && Object.keys(store.getState().keplerGl ?? {}).length); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    store = storeOf(stage);
  }
  if (!store) throw new Error("the installed Kepler.gl keeps its state elsewhere.");
  const map = new KeplerMap(store, model);
  const layers = config.config.visState.layers?.length ?? 0;
  await new Promise((resolve) => map.follow(({ visState }) => {
    if (!layers || visState.layers.length) resolve();
  }));
  return map;
}
