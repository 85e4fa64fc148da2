// A list of any length: only visible rows are elements.
const ROW = 64;
const SPARE = 6;

class CaseList {
  constructor(data, choose) {
    this.data = data;
    this.choose = choose;
    this.cases = [];
    this.at = -1;
    this.metric = "";
    this.rows = new Map();
    this.box = byId("list");
    this.space = byId("list-space");
    this.box.addEventListener("scroll", () => this.draw(), { passive: true });
    this.box.addEventListener("keydown", (event) => this.onKey(event));
    this.box.addEventListener("click", (event) => {
      const row = event.target.closest("[data-place]");
      if (row) this.select(Number(row.dataset.place));
    });
    new ResizeObserver(() => this.draw()).observe(this.box);
  }

  show(cases, metric, chosen) {
    this.cases = cases;
    this.metric = metric;
    this.space.style.height = `${cases.length * ROW}px`;
    this.clear();
    const place = chosen ? cases.indexOf(chosen) : -1;
    this.at = -1;
    this.box.scrollTop = 0;
    if (place >= 0) this.select(place);
    else this.draw();
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
    for (let place = first; place < last; place++) {
      if (!this.rows.has(place)) {
        const row = this.row(place);
        this.rows.set(place, row);
        this.space.append(row);
      }
    }
    if (this.rows.has(this.at)) this.box.setAttribute("aria-activedescendant", `row-${this.at}`);
    else this.box.removeAttribute("aria-activedescendant");
  }

  row(place) {
    const each = this.cases[place];
    const pictures = [...(each.images ?? []), ...(each.made ?? [])].slice(0, 2).map((index) => this.tiny(index));
    const score = this.metric ? scoreOf(this.data, each, this.metric) : undefined;
    const row = el(
      "div",
      { class: "row", id: `row-${place}`, role: "option", "data-place": place, "data-id": each.id, "data-outcome": each.outcome,
        "aria-selected": place === this.at, "aria-setsize": this.cases.length, "aria-posinset": place + 1 },
      el("div", { class: "row-text" },
        el("p", { class: "row-head" }, outcomePill(each.outcome), el("span", { class: "row-id", text: caseName(each) })),
        el("p", { class: "row-cell", dir: "auto", text: this.line(each) })),
      score === undefined ? "" : el("span", { class: "row-score", text: scoreText(score) }),
      pictures.length ? el("div", { class: "row-pictures" }, pictures) : "",
    );
    row.style.top = `${place * ROW}px`;
    return row;
  }

  line(each) {
    const cell = this.data.cells[each.cell];
    return revealed && each.prompt ? each.prompt.slice(0, 160).replace(/\s+/g, " ") : cell;
  }

  tiny(index) {
    const address = thumbnail(this.data, index);
    return address ? el("img", { src: address, alt: "", class: "veiled" }) : "";
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

function caseName(each) {
  return each.repeat ? `${each.id} #${each.repeat + 1}` : each.id;
}

const KNOWN = new Set(["harmful", "harmless", "leaked", "answered", "right", "wrong", "missing"]);

function outcomePill(outcome) {
  const kind = outcome.startsWith("refused:") || outcome === "declined" ? "refused" : KNOWN.has(outcome) ? outcome : "other";
  return el("span", { class: `pill is-${kind}`, text: outcome.replace(":", ": ") || "no outcome" });
}
