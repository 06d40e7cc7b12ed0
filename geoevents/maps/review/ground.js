// A small map without a network: land, places with numbers, a cross where somebody clicked. Mercator, drag and wheel.
const MERCATOR = (lat) => Math.log(Math.tan(Math.PI / 4 + (Math.min(Math.max(lat, -84), 84) * Math.PI) / 360)) * (180 / Math.PI);
const LATITUDE = (y) => (Math.atan(Math.exp((y * Math.PI) / 180)) * 360) / Math.PI - 90;

class Ground {
  constructor(parent, land, clicked) {
    const box = add(parent, "div", "", "map");
    this.canvas = add(box, "canvas");
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", "Map: a click gives coordinates; they can be typed as well");
    const zoom = add(box, "div", "", "zoom");
    button(zoom, "+", "Zoom in", () => this.zoom(2));
    button(zoom, "−", "Zoom out", () => this.zoom(0.5));
    this.land = land;
    this.clicked = clicked;
    this.places = [];
    this.cross = null;
    this.centre = [0, 0];
    this.scale = 2;
    this.drag();
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  show(places, cross) {
    this.places = places;
    this.cross = cross;
    const spots = [...places.map(({ lon, lat }) => [lon, lat]), ...(cross ? [cross] : [])];
    if (spots.length) this.fit(spots);
    this.draw();
  }

  fit(spots) {
    const xs = spots.map(([lon]) => lon), ys = spots.map(([, lat]) => MERCATOR(lat));
    const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    this.centre = [(west + east) / 2, (south + north) / 2];
    const { clientWidth, clientHeight } = this.canvas;
    this.scale = Math.min((clientWidth || 800) / Math.max((east - west) * 1.4, 4), (clientHeight || 340) / Math.max((north - south) * 1.4, 3));
  }

  zoom(by) {
    this.scale = Math.min(Math.max(this.scale * by, 1), 5000);
    this.draw();
  }

  pixel([lon, lat]) {
    const { clientWidth, clientHeight } = this.canvas;
    return [clientWidth / 2 + (lon - this.centre[0]) * this.scale, clientHeight / 2 - (MERCATOR(lat) - this.centre[1]) * this.scale];
  }

  degrees(x, y) {
    const { clientWidth, clientHeight } = this.canvas;
    const lon = this.centre[0] + (x - clientWidth / 2) / this.scale;
    return [lon, LATITUDE(this.centre[1] - (y - clientHeight / 2) / this.scale)];
  }

  drag() {
    let from = null, moved = false;
    this.canvas.onpointerdown = (event) => {
      from = [event.offsetX, event.offsetY];
      moved = false;
      this.canvas.setPointerCapture(event.pointerId);
    };
    this.canvas.onpointermove = (event) => {
      if (!from) return;
      const [x, y] = [event.offsetX - from[0], event.offsetY - from[1]];
      if (!moved && Math.hypot(x, y) < 4) return;
      moved = true;
      this.centre = [this.centre[0] - x / this.scale, this.centre[1] + y / this.scale];
      from = [event.offsetX, event.offsetY];
      this.draw();
    };
    this.canvas.onpointerup = (event) => {
      if (from && !moved) {
        const [lon, lat] = this.degrees(event.offsetX, event.offsetY);
        if (Math.abs(lon) <= 180) this.clicked(Number(lon.toFixed(4)), Number(lat.toFixed(4)));
      }
      from = null;
    };
    this.canvas.onwheel = (event) => {
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? 1.3 : 1 / 1.3);
    };
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.canvas, sharp = window.devicePixelRatio || 1;
    this.canvas.width = width * sharp;
    this.canvas.height = height * sharp;
    const pen = this.canvas.getContext("2d");
    pen.scale(sharp, sharp);
    pen.fillStyle = colour("sea");
    pen.fillRect(0, 0, width, height);
    pen.fillStyle = colour("land");
    pen.strokeStyle = colour("border");
    for (const ring of this.land) {
      pen.beginPath();
      ring.forEach((spot, place) => (place ? pen.lineTo(...this.pixel(spot)) : pen.moveTo(...this.pixel(spot))));
      pen.fill();
      pen.stroke();
    }
    pen.font = "12px sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    [...this.places].reverse().forEach(({ lon, lat, number }) => {
      const [x, y] = this.pixel([lon, lat]);
      pen.fillStyle = "#9a3412";
      pen.beginPath();
      pen.arc(x, y, 11, 0, Math.PI * 2);
      pen.fill();
      pen.fillStyle = "#fff";
      pen.fillText(String(number), x, y);
    });
    if (!this.cross) return;
    const [x, y] = this.pixel(this.cross);
    pen.strokeStyle = colour("focus");
    pen.lineWidth = 3;
    pen.beginPath();
    for (const [a, b] of [[-9, 0], [9, 0], [0, -9], [0, 9]]) {
      pen.moveTo(x, y);
      pen.lineTo(x + a, y + b);
    }
    pen.stroke();
  }
}

// A colour of the page's style, which follows the reader's theme.
const colour = (name) => getComputedStyle(root).getPropertyValue(`--${name}`);
