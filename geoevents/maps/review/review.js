// The words of the tables, as a person says them.
const WORDS = {
  ambiguous: "a guess", unresolved: "not found", matched: "found, with a note", admin1: "first-level unit", admin2: "second-level unit",
  city: "town",
};
const said = (word) => WORDS[word] ?? word;

// The review: a phrase at a time, decided by a person, kept in the browser and given back as overrides.csv.
class Review {
  constructor(data) {
    this.data = data;
    this.at = 0;
    this.memory = `geoevents-review:${data.title}:${data.doubts.map(({ phrase }) => phrase).join("|").slice(0, 2000)}`;
    this.decisions = this.remembered();
    document.querySelector("h1").textContent = data.title;
    byId("save").onclick = () => this.save();
    this.keys = data.names.name.map(plain);
    this.drawList();
    this.open(0);
  }

  remembered() {
    try {
      return JSON.parse(localStorage.getItem(this.memory)) ?? {};
    } catch {
      return {};
    }
  }

  decide(decision) {
    const key = this.keyOf(this.at);
    if (decision) this.decisions[key] = { ...(this.decisions[key] ?? {}), ...decision };
    else delete this.decisions[key];
    try {
      localStorage.setItem(this.memory, JSON.stringify(this.decisions));
    } catch { /* A browser that keeps nothing still has the decisions until the page is closed. */ }
    this.drawList();
  }

  keyOf(place) {
    const { phrase, country } = this.data.doubts[place];
    return `${phrase}|${country ?? ""}`;
  }

  isDecided(place) {
    const decision = this.decisions[this.keyOf(place)];
    return Boolean(decision && (decision.place_id || (decision.lon !== undefined && decision.lat !== undefined)));
  }

  drawList() {
    const list = byId("phrases");
    list.replaceChildren();
    this.data.doubts.forEach(({ phrase, country, rows, status }, place) => {
      const face = button(add(list, "li"), "", "", () => this.open(place));
      add(face, "span", phrase, this.isDecided(place) ? "phrase decided" : "phrase");
      add(face, "span", [count(rows, "row"), said(status), country].filter(Boolean).join(" · "), "told");
      if (place === this.at) face.setAttribute("aria-current", "true");
    });
    const decided = this.data.doubts.filter((_, place) => this.isDecided(place)).length;
    byId("progress").textContent = `${numbers.format(decided)} of ${count(this.data.doubts.length, "phrase")} decided`;
    byId("save").disabled = !decided;
  }

  open(place) {
    this.at = place;
    this.drawList();
    const work = byId("work"), doubt = this.data.doubts[place];
    work.replaceChildren();
    if (!doubt) return void add(work, "p", "There is nothing to review: every phrase has one clear place.", "empty");
    add(work, "h2", doubt.phrase);
    add(work, "p", [count(doubt.rows, "row"), said(doubt.status), doubt.reason].filter(Boolean).join(" · "), "reason");
    this.drawChoices(work, doubt);
    this.ground = new Ground(work, this.data.land, (lon, lat) => this.click(lon, lat));
    this.drawFields(work);
    this.drawSamples(work, doubt);
    const steps = add(work, "div", "", "steps");
    button(steps, "‹ Before", "", () => this.open(Math.max(place - 1, 0)));
    button(steps, "Next ›", "", () => this.open(Math.min(place + 1, this.data.doubts.length - 1)));
    button(steps, "Undo", "", () => {
      this.decide(null);
      this.open(place);
    });
    this.showPlaces(doubt);
  }

  get decision() {
    return this.decisions[this.keyOf(this.at)] ?? {};
  }

  showPlaces({ rivals }) {
    const { lon, lat } = this.decision;
    this.ground.show(rivals.map((rival, place) => ({ ...rival, number: place + 1 })), lon === undefined ? null : [lon, lat]);
  }

  drawChoices(work, { rivals, chosen }) {
    const set = add(work, "fieldset");
    add(set, "legend", "Which place is it?");
    const choices = add(set, "div", "", "choices");
    rivals.forEach((rival, place) => this.choice(choices, rival, place + 1, rival.id === chosen ? "now" : ""));
    this.choice(choices, { id: "none", name: "No place", kind: "", country: null }, "–", "the words name no place");
  }

  choice(choices, { id, name, kind, admin1, country, score }, number, more) {
    const label = add(choices, "label"), radio = add(label, "input");
    Object.assign(radio, { type: "radio", name: "place", value: id, checked: this.decision.place_id === id });
    radio.onchange = () => {
      this.decide({ place_id: id, lon: undefined, lat: undefined, radius_km: undefined });
      this.refresh();
    };
    add(label, "span", String(number), "number");
    const words = add(label, "span", name);
    add(words, "small", [said(kind), admin1, country, score ? `score ${score}` : "", more].filter(Boolean).join(" · "));
  }

  drawFields(work) {
    add(work, "h3", "Or somewhere else: search a name, click on the map, or type coordinates");
    const search = this.field(work, "Name", "search", "", (words) => this.search(words));
    search.parentElement.classList.add("wide");
    this.hits = add(work, "div");
    this.hits.id = "hits";
    const { lon = "", lat = "", radius_km: radius = "", note = "" } = this.decision;
    this.lat = this.field(work, "Latitude", "number", lat, () => this.typed());
    this.lon = this.field(work, "Longitude", "number", lon, () => this.typed());
    this.radius = this.field(work, "Radius, km", "number", radius, () => this.typed());
    const note_ = this.field(work, "Note", "text", note, (words) => this.decide({ note: words }));
    note_.parentElement.classList.add("wide");
  }

  field(work, name, type, value, changed) {
    const label = add(work, "label", name, "field"), input = add(label, "input");
    Object.assign(input, { type, value });
    if (type === "number") input.step = "any";
    input.oninput = () => changed(input.value);
    return input;
  }

  search(words) {
    this.hits.replaceChildren();
    const wanted = plain(words.trim());
    if (wanted.length < 2) return;
    const { names } = this.data;
    const starts = [], holds = [];
    for (let row = 0; row < this.keys.length && starts.length < 12; row++) {
      if (this.keys[row].startsWith(wanted)) starts.push(row);
      else if (holds.length < 12 && this.keys[row].includes(wanted)) holds.push(row);
    }
    for (const row of [...starts, ...holds].slice(0, 12)) {
      button(this.hits, [names.name[row], names.admin1[row]].filter(Boolean).join(", "), "", () => {
        this.decide({ place_id: names.id[row], lon: undefined, lat: undefined, radius_km: undefined });
        this.ground.show([{ lon: names.lon[row], lat: names.lat[row], number: "✓" }], null);
      });
    }
    if (!this.hits.children.length) add(this.hits, "p", "No place of that name in the countries concerned.");
  }

  click(lon, lat) {
    this.lon.value = lon;
    this.lat.value = lat;
    this.typed();
  }

  typed() {
    const number = (input) => (input.value === "" || !input.validity.valid ? undefined : Number(input.value));
    const [lon, lat, radius_km] = [number(this.lon), number(this.lat), number(this.radius)];
    if (lon === undefined || lat === undefined || Math.abs(lon) > 180 || Math.abs(lat) > 90) return;
    this.decide({ place_id: undefined, lon, lat, radius_km });
    this.refresh();
  }

  refresh() {
    const { place_id: chosen, lon, lat } = this.decision;
    for (const radio of document.querySelectorAll("input[name=place]")) radio.checked = radio.value === chosen;
    this.ground.cross = lon === undefined ? null : [lon, lat];
    this.ground.draw();
  }

  drawSamples(work, { samples }) {
    if (!samples.some((sample) => Object.keys(sample).length)) return;
    add(work, "h3", "Rows that hang on it");
    for (const sample of samples) {
      const list = add(work, "dl", "", "samples");
      for (const [name, value] of Object.entries(sample)) {
        add(list, "dt", name);
        add(list, "dd", value);
      }
    }
  }

  save() {
    const rows = this.data.doubts.flatMap(({ phrase, country }, place) => {
      if (!this.isDecided(place)) return [];
      const decision = this.decisions[this.keyOf(place)];
      return [this.data.columns.map((name) => ({ phrase, country, ...decision })[name] ?? "")];
    });
    const lines = [this.data.columns, ...rows].map((cells) => cells.map(quoted).join(","));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`${lines.join("\r\n")}\r\n`], { type: "text/csv;charset=utf-8" }));
    link.download = "overrides.csv";
    link.click();
    URL.revokeObjectURL(link.href);
  }
}

const plain = (words) => (words ?? "").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const quoted = (cell) => `"${String(cell).replace(/"/g, '""')}"`;

new Review(JSON.parse(await inflate("data")));
document.documentElement.dataset.page = "ready";
