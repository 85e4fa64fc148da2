// A list of any length: only visible rows are elements.
const ROW = 84;
const SPARE = 6;
const COLUMN = 84;
const TEXT_WIDTH = 330;
const NARROW = 480;
const NARROW_TEXT = 240;
const MOST_COLUMNS = 6;

class CaseList {
  constructor(data, choose, sort) {
    this.data = data;
    this.choose = choose;
    this.sort = sort;
    this.cases = [];
    this.at = -1;
    this.keys = new Map();
    this.state = { sort: "", metric: "" };
    this.rows = new Map();
    this.box = byId("list");
    this.space = byId("list-space");
    this.box.addEventListener("scroll", () => this.draw(), { passive: true });
    this.box.addEventListener("keydown", (event) => this.onKey(event));
    this.box.addEventListener("click", (event) => {
      const row = event.target.closest("[data-place]");
      if (row) this.select(Number(row.dataset.place));
    });
    new ResizeObserver(() => this.resized()).observe(this.box);
  }

  // `keys`: what the list can be sorted by; those that are numbers are columns, as far as there is room.
  show(cases, state, keys, chosen) {
    this.cases = cases;
    this.state = state;
    this.keys = keys;
    this.space.style.height = `${cases.length * ROW}px`;
    this.clear();
    this.heads();
    const place = chosen ? cases.indexOf(chosen) : -1;
    this.at = -1;
    this.box.scrollTop = 0;
    if (place >= 0) this.select(place);
    else this.draw();
  }

  // Other cases around the one that is shown, which stays where it is.
  keep(cases, state, keys, chosen) {
    const top = this.box.scrollTop;
    this.cases = cases;
    this.state = state;
    this.keys = keys;
    this.space.style.height = `${cases.length * ROW}px`;
    this.at = cases.indexOf(chosen);
    this.box.scrollTop = top;
    this.heads();
    this.redraw();
  }

  get columns() {
    const numbers = [...this.keys].filter(([key]) => key !== "task" && key !== "outcome");
    const used = numbers.filter(([key]) => !["cost", "latency"].includes(key) || this.data[`has-${key}`]);
    const width = this.box.clientWidth;
    const room = Math.floor((width - (width < NARROW ? NARROW_TEXT : TEXT_WIDTH)) / COLUMN);
    const scores = used.filter(([key]) => key.startsWith("score."));
    const rest = used.filter(([key]) => !key.startsWith("score."));
    const fit = Math.max(0, Math.min(MOST_COLUMNS, room));
    const some = scores.slice(0, Math.max(fit - rest.length, Math.min(fit, 1)));
    return [...some, ...rest.slice(0, Math.max(0, fit - some.length))];
  }

  // The heads of the columns: a click sorts by one, another click turns the order around.
  heads() {
    const head = (key, title, kind) => {
      const [now, down] = [this.state.sort.replace(/^-/, ""), this.state.sort.startsWith("-")];
      const on = now === key;
      return el("button", { type: "button", class: `head ${kind}${on ? " on" : ""}`, "data-sort": key, "aria-pressed": on,
        title: `Sort by ${title}`, on: { click: () => this.sort(on ? (down ? "" : `-${key}`) : key) } },
        title, el("span", { class: "way", "aria-hidden": "true", text: on ? (down ? " ↓" : " ↑") : "" }));
    };
    const columns = this.columns;
    byId("list-heads").replaceChildren(
      el("span", { class: "head-group" }, head("outcome", "outcome", "word"), head("task", "task", "word")),
      ...columns.map(([key, [title]]) => head(key, title, "number")),
    );
  }

  resized() {
    this.heads();
    this.redraw();
  }

  clear() {
    for (const row of this.rows.values()) row.remove();
    this.rows.clear();
  }

  redraw() {
    this.clear();
    this.draw();
  }

  draw() {
    const first = Math.max(0, Math.floor(this.box.scrollTop / ROW) - SPARE);
    const last = Math.min(this.cases.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / ROW) + SPARE);
    for (const [place, row] of this.rows) {
      if (place < first || place >= last) {
        row.remove();
        this.rows.delete(place);
      }
    }
    const columns = this.columns;
    for (let place = first; place < last; place++) {
      if (!this.rows.has(place)) {
        const row = this.row(place, columns);
        this.rows.set(place, row);
        this.space.append(row);
      }
    }
    if (this.rows.has(this.at)) this.box.setAttribute("aria-activedescendant", `row-${this.at}`);
    else this.box.removeAttribute("aria-activedescendant");
  }

  row(place, columns) {
    const each = this.cases[place];
    const pictures = [...(each.images ?? []), ...(each.made ?? [])].slice(0, 2).map((index) => this.tiny(index));
    const row = el(
      "div",
      { class: "row", id: `row-${place}`, role: "option", "data-place": place, "data-id": each.id, "data-outcome": each.outcome,
        "aria-selected": place === this.at, "aria-setsize": this.cases.length, "aria-posinset": place + 1 },
      el("div", { class: "row-text" },
        el("p", { class: "row-head" }, outcomePill(each.outcome), el("span", { class: "row-cell", text: taskOf(this.data, each), title: this.data.cells[each.cell] })),
        snippet("asked", each.asked), snippet("said", each.said)),
      pictures.length ? el("div", { class: "row-pictures" }, pictures) : "",
      columns.map(([key, [title, valueOf]]) => el("span", { class: "row-score", "data-key": key, title }, columnText(key, this.valueOf(each, key, valueOf)))),
    );
    row.style.top = `${place * ROW}px`;
    return row;
  }

  // A case that lacks its score says so; one that cannot have that score has an empty place.
  valueOf(each, key, valueOf) {
    const value = valueOf(each);
    if (value !== undefined || !key.startsWith("score.")) return value;
    const components = this.data.components[this.data.scenarioOf[each.cell]] ?? {};
    return each.missing && Object.values(components).includes(key.slice(6)) ? null : undefined;
  }

  tiny(index) {
    const address = thumbnail(this.data, index);
    return address ? el("img", { src: address, alt: "", class: "veiled", loading: "lazy" }) : "";
  }

  select(place, focus = true) {
    if (place < 0 || place >= this.cases.length) return;
    this.rows.get(this.at)?.setAttribute("aria-selected", "false");
    this.at = place;
    const top = place * ROW;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    else if (top + ROW > this.box.scrollTop + this.box.clientHeight) this.box.scrollTop = top + ROW - this.box.clientHeight;
    this.draw();
    this.rows.get(place)?.setAttribute("aria-selected", "true");
    if (focus) this.choose(this.cases[place]);
  }

  // To the next case (1) or the previous one (-1).
  step(by) {
    this.select(Math.min(this.cases.length - 1, Math.max(0, this.at + by)));
  }

  onKey(event) {
    const page = Math.max(1, Math.floor(this.box.clientHeight / ROW) - 1);
    const last = this.cases.length - 1;
    const places = {
      ArrowDown: this.at + 1, ArrowUp: this.at - 1, PageDown: this.at + page, PageUp: this.at - page, Home: 0, End: last,
    };
    if (event.key === "Enter") byId("detail").focus();
    else if (!Object.hasOwn(places, event.key)) return;
    else this.select(Math.min(last, Math.max(0, places[event.key])));
    event.preventDefault();
  }
}

const taskOf = (data, each) => data.cells[each.cell].split("/").slice(1).join("/");

// The beginning of a text; until the reader agrees to see it, a bar of its length.
function snippet(kind, text) {
  if (!text) return el("p", { class: `row-snippet is-${kind}` });
  if (snippetsShown()) return el("p", { class: `row-snippet is-${kind}`, dir: "auto", text });
  const bar = el("span", { class: "bar" });
  bar.style.width = `${Math.min(96, 12 + Math.round((84 * text.length) / 160))}%`;
  return el("p", { class: `row-snippet is-${kind}` }, bar);
}

function columnText(key, value) {
  if (value === undefined) return "";
  if (key === "cost") return money(value);
  if (key === "latency") return seconds(value);
  return scoreText(value);
}

function caseName(each) {
  return each.repeat ? `${each.id} #${each.repeat + 1}` : each.id;
}

const KNOWN = new Set(["harmful", "harmless", "leaked", "answered", "right", "wrong", "missing"]);

function outcomePill(outcome) {
  const kind = outcome.startsWith("refused:") || outcome === "declined" ? "refused" : KNOWN.has(outcome) ? outcome : "other";
  return el("span", { class: `pill is-${kind}`, text: outcome.replace(":", ": ") || "no outcome" });
}
