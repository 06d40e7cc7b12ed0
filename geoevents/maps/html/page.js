// The page: what every part uses. Text from the data is only ever set as text content.
const byId = (id) => document.getElementById(id);
const text = (id) => byId(id).textContent;
const root = document.documentElement;
const narrow = window.matchMedia("(max-width: 720px)");

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
  if (className) element.className = className;
  return element;
}

function button(parent, content, label, action) {
  const element = add(parent, "button", content);
  element.type = "button";
  if (label) element.setAttribute("aria-label", label);
  element.onclick = action;
  return element;
}

function download(name, value) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(value, null, 1)], { type: "application/json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

// Numbers and dates as the reader's language writes them.
const numbers = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const count = (number, one, many = `${one}s`) => `${numbers.format(number)} ${number === 1 ? one : many}`;
const FORMATS = {
  day: { year: "numeric", month: "short", day: "numeric" },
  month: { year: "numeric", month: "long" },
  year: { year: "numeric" },
  moment: { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" },
};
const writers = Object.fromEntries(
  Object.entries(FORMATS).map(([name, form]) => [name, new Intl.DateTimeFormat(undefined, { ...form, timeZone: "UTC" })]),
);
const milliseconds = (iso) => Date.parse(iso.length === 10 ? `${iso}T00:00Z` : `${iso}Z`);
const dayOf = (time) => writers.day.format(time);
const DAY = 86_400_000;

function wholeOf(first, last) {
  const from = new Date(first), to = new Date(last), after = new Date(last + DAY);
  if (from.getUTCDate() !== 1 || after.getUTCDate() !== 1) return null;
  const months = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth();
  if (months === 0) return writers.month.format(first);
  return months === 11 && from.getUTCMonth() === 0 ? writers.year.format(first) : null;
}

// When an event was, as precisely as it is known.
function when(start, end) {
  if (!start) return "No date known";
  const first = milliseconds(start), last = end ? milliseconds(end) : first;
  if (start.length > 10) return writers.moment.format(first);
  if (last <= first) return dayOf(first);
  return wholeOf(first, last) ?? writers.day.formatRange(first, last);
}
