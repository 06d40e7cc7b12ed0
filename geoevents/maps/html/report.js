// The report beside the map: its text with the sentences marked that tell of events, linked both ways.
class ReportView {
  constructor(filters, colours, open) {
    this.filters = filters;
    this.colours = colours;
    this.open = open;
    this.box = byId("report");
    this.marks = [];
    filters.table.reports.forEach((report, number) => this.draw(report, number));
    this.describeViews();
    filters.follow(({ shown }) => {
      const rows = new Set(shown);
      for (const { element, rows: told } of this.marks) element.classList.toggle("off", !told.some((row) => rows.has(row)));
    });
  }

  describeViews() {
    const views = byId("views");
    views.hidden = false;
    const [report, list] = ["Report", "List"].map((name) => button(views, name, "", () => this.view(name === "Report")));
    this.tabs = [report, list];
    this.view(true);
  }

  view(report) {
    this.box.hidden = !report;
    byId("list").hidden = report;
    this.tabs[0].setAttribute("aria-pressed", String(report));
    this.tabs[1].setAttribute("aria-pressed", String(!report));
  }

  // A text is cut where a sentence of an event begins or ends; a piece belongs to every event it is evidence of.
  draw({ title, text: words }, number) {
    const { columns, count: all } = this.filters.table;
    if (title) add(this.box, "h2", title);
    const spans = [];
    for (let row = 0; row < all; row++) {
      const [from, to] = [columns.evidence_start?.[row], columns.evidence_end?.[row]];
      if (columns.report?.[row] === number && from !== null && to > from) spans.push({ row, from, to });
    }
    // Positions count characters as Python does: letters outside of the basic plane are one.
    const letters = Array.from(words);
    const heading = Array.from(title ?? "").length;
    // A text that begins with its title says it once.
    const told = heading && words.startsWith(title) && spans.every(({ from }) => from >= heading);
    const begin = told ? heading + words.slice(title.length).search(/\S|$/) : 0;
    const cuts = [...new Set([begin, letters.length, ...spans.flatMap(({ from, to }) => [from, to])])].sort((a, b) => a - b);
    const body = add(this.box, "div", "", "text");
    cuts.slice(1).forEach((to, place) => {
      const from = cuts[place], piece = letters.slice(from, to).join("");
      const rows = spans.filter((span) => span.from <= from && span.to >= to).map(({ row }) => row);
      if (rows.length) this.mark(body, piece, rows);
      else body.append(piece);
    });
  }

  mark(body, piece, rows) {
    const element = add(body, "mark", piece);
    element.tabIndex = 0;
    element.setAttribute("role", "button");
    element.style.setProperty("--type", this.colours.get(typeOf(this.filters.table, rows[0])) ?? "var(--other)");
    element.onclick = () => this.open(rows);
    element.onkeydown = (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        this.open(rows);
      }
    };
    this.marks.push({ element, rows });
  }

  show(row) {
    for (const { element, rows } of this.marks) {
      const chosen = rows.includes(row);
      if (chosen && !element.classList.contains("chosen")) element.scrollIntoView({ block: "nearest" });
      element.classList.toggle("chosen", chosen);
    }
  }
}
