// Cases side by side: each pair is the same case as the first run and another one answered it.
const SHOWN_CHANGES = 8;
const ARROW = " → ";

class PairList extends CaseList {
  get columns() {
    const width = this.box.clientWidth;
    return width < NARROW ? [] : [...this.keys].filter(([key]) => key.startsWith("difference.")).slice(0, Math.max(0, Math.min(3, Math.floor((width - 300) / COLUMN))));
  }

  row(place, columns) {
    const pair = this.cases[place];
    const row = el(
      "div",
      { class: "row", id: `row-${place}`, role: "option", "data-place": place, "data-id": pair.a.id, "data-outcome": pair.change,
        "aria-selected": place === this.at, "aria-setsize": this.cases.length, "aria-posinset": place + 1 },
      el("div", { class: "row-text" },
        el("p", { class: "row-head" }, outcomePill(pair.a.outcome), "→", outcomePill(pair.b.outcome)),
        el("p", { class: "row-cell", text: taskOf(this.data, pair.a) }), snippet("asked", pair.a.asked)),
      columns.map(([, [title, valueOf]]) => el("span", { class: "row-score", title }, signed(valueOf(pair)))),
    );
    row.style.top = `${place * ROW}px`;
    return row;
  }
}

const signed = (value) => (value === undefined ? "" : `${value > 0 ? "+" : value < 0 ? "−" : ""}${scoreText(Math.abs(value))}`);

// What differs between two outputs: the outcome counts for more than any score.
function distance(a, b) {
  let found = a.outcome === b.outcome ? 0 : 1000;
  for (const name of new Set([...Object.keys(a.scores), ...Object.keys(b.scores)])) {
    const [x, y] = [a.scores[name], b.scores[name]];
    found += x === undefined || y === undefined ? 1 : Math.min(100, Math.abs(y - x));
  }
  return found;
}

// The pairs of the first run and another one, by case and repeat.
function pairUp(first, other) {
  const theirs = new Map(other.cases.map((each) => [caseName(each), each]));
  const pairs = [];
  for (const a of first.cases) {
    const b = theirs.get(caseName(a));
    if (b) pairs.push({ a, b, index: a.index, cell: a.cell, change: `${a.outcome}${ARROW}${b.outcome}`, distance: distance(a, b) });
  }
  return pairs;
}

// With a metric, the difference of its scores (undefined where its scenario lacks it, null where a score is missing).
function metricDifference(data, other, pair, metric) {
  const [x, y] = [scoreOf(data, pair.a, metric), scoreOf(other, pair.b, metric)];
  if (x === undefined || y === undefined) return undefined;
  return x === null || y === null ? null : y - x;
}

const apart = (data, other, pair, metric) => (metric ? metricDifference(data, other, pair, metric) !== 0 : pair.distance > 0);

function orders(pairs) {
  const counts = new Map();
  for (const { a, b } of pairs) for (const name in a.scores) if (name in b.scores) counts.set(name, (counts.get(name) ?? 0) + 1);
  const names = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([name]) => name);
  return new Map([
    ["task", ["task", (pair) => pair.cell]],
    ["outcome", ["outcome", (pair) => pair.change]],
    ...names.map((name) => [`difference.${name}`, [name.replaceAll("_", " "), (pair) => (name in pair.a.scores && name in pair.b.scores ? pair.b.scores[name] - pair.a.scores[name] : undefined)]]),
  ]);
}

function changeChips(found, differ, state, change) {
  const counts = new Map();
  for (const pair of found) if (pair.a.outcome !== pair.b.outcome) counts.set(pair.change, (counts.get(pair.change) ?? 0) + 1);
  const most = [...counts].sort(([, x], [, y]) => y - x).slice(0, SHOWN_CHANGES);
  if (state.outcome.includes(ARROW) && !most.some(([key]) => key === state.outcome)) most.push([state.outcome, counts.get(state.outcome) ?? 0]);
  const same = found.length - differ;
  byId("outcomes").replaceChildren(
    chip("", "all", found.length, { outcome: state.outcome || "" }, change),
    chip("differ", "they differ", differ, state, change), chip("same", "the same", same, state, change),
    el("span", { class: "chip-gap", "aria-hidden": "true" }),
    ...most.map(([key, count]) => chip(key, key.replaceAll(":", ": "), count, state, change)),
  );
}

async function showPair(data, other, pair) {
  wanted = pair;
  const [a, b] = await Promise.all([wholeCase(data, pair.a), wholeCase(other, pair.b)]);
  if (wanted !== pair) return;
  const side = (of, each) => el("section", { class: "side", "aria-label": of.label },
    el("h4", { class: "side-name" }, of.label, " ", outcomePill(each.outcome)), ...answerOf(of, each, `${of.label} ${caseName(each)}`).filter(Boolean));
  byId("detail").replaceChildren(
    el("header", {}, el("h3", { text: data.cells[a.cell] }), el("p", { class: "muted" }, el("code", { text: caseName(a) }))),
    inputOf(data, a, caseName(a)),
    el("div", { class: "sides" }, side(data, a), side(other, b)),
  );
  byId("detail").scrollTop = 0;
}

async function startPairs() {
  wireTheme();
  wirePrint();
  wireAnchors();
  const loading = byId("load-state");
  const shared = await readPart("case-data");
  const all = shared.runs.map((run) => ({ ...run, chunk: shared.chunk, scopes: shared.scopes, metrics: shared.metrics }));
  for (const each of all) await prepare(each, (count) => (loading.textContent = `Loading the cases of ${each.label} … ${number.format(count)}`));
  const data = all[0];
  const pairsOf = new Map();
  const searches = all.map((each) => new TextSearch(each, () => apply(true)));
  let { state } = readState();
  let shown = null;
  const other = () => all[Number(state.run)] && state.run !== "0" ? Number(state.run) || 1 : 1;

  const list = new PairList(data, (pair) => {
    shown = pair;
    state.case = caseName(pair.a);
    writeState(state);
    place(list);
    showPair(data, all[other()], pair).catch((error) => byId("detail").replaceChildren(el("p", { class: "alarm", text: `The case cannot be read: ${error.message}` })));
  }, (sort) => change({ sort, case: "" }));

  const apply = (quiet = false) => {
    const theirs = all[other()];
    if (!pairsOf.has(theirs)) pairsOf.set(theirs, pairUp(data, theirs));
    const pairs = pairsOf.get(theirs);
    const cells = state.scope ? cellsIn(data, state.scope) : null;
    const found = pairs.filter((pair) => (!cells || cells.has(pair.cell)) &&
      (!state.metric || metricDifference(data, theirs, pair, state.metric) !== undefined) &&
      (searches[0].matches(pair.a) || searches[other()].matches(pair.b)));
    const differing = found.filter((pair) => apart(data, theirs, pair, state.metric));
    const set = new Set(differing);
    const kept = state.outcome === "differ" ? differing : state.outcome === "same" ? found.filter((pair) => !set.has(pair))
      : state.outcome ? found.filter((pair) => pair.change === state.outcome) : found;
    const keys = orders(kept);
    const size = (pair) => (state.metric ? Math.abs(metricDifference(data, theirs, pair, state.metric) ?? 1) : pair.distance);
    const [key, down] = state.sort.startsWith("-") ? [state.sort.slice(1), true] : [state.sort, false];
    const cases = keys.has(key) ? sorted(kept, keys.get(key)[1], down) : sorted(kept, size, true);
    changeChips(found, differing.length, state, change);
    fillOrders(state, keys, "where they differ first");
    byId("scope").value = state.scope;
    byId("run").value = String(other());
    if (!quiet && byId("search").value.trim() !== state.q) byId("search").value = state.q;
    const so = Math.min(searches[0].share, searches[other()].share);
    byId("count").textContent = `${number.format(cases.length)} of ${plural(pairs.length, "case")} of both${state.scope ? ` in ${scopeTitle(data, state.scope)}` : ""}` +
      `${state.metric ? `, by ${metricOf(data, state.metric)[0]}` : ""}${so < 1 ? `, searched ${Math.floor(100 * so)} %` : ""}`;
    const chosen = cases.find((pair) => caseName(pair.a) === state.case) ?? cases[0];
    if (quiet && chosen === shown && list.at >= 0) list.keep(cases, state, keys, chosen);
    else list.show(cases, state, keys, chosen);
    if (!chosen) {
      wanted = shown = null;
      byId("detail").replaceChildren(el("p", { class: "muted", text: so < 1 ? "Searching …" : "No matching cases." }));
    }
    place(list);
  };

  const change = (changes) => {
    state = { ...state, ...changes };
    writeState(state);
    for (const at of [0, other()]) searches[at].look(state.q.toLowerCase());
    apply();
  };

  const follow = () => {
    if (anchorOf(location.hash)) return;
    const read = readState();
    state = read.state;
    change({});
    if (read.jumpToCases) {
      byId("cases").scrollIntoView();
      byId("cases-heading").focus({ preventScroll: true });
    }
  };

  fillScopes(data);
  byId("run").replaceChildren(...all.slice(1).map((each, at) => el("option", { value: at + 1, text: each.label })));
  byId("run").addEventListener("change", (event) => change({ run: event.target.value }));
  wireToolbar(change);
  wireSteps(list);
  wireReveal(() => {
    list.redraw();
    if (list.at >= 0) showPair(data, all[other()], list.cases[list.at]);
  });
  window.addEventListener("hashchange", follow);
  byId("explorer").hidden = false;
  loading.hidden = true;
  if (anchorOf(location.hash)) apply();
  else follow();
}

startPairs().catch((error) => {
  byId("load-state").hidden = false;
  byId("load-state").textContent = `This browser cannot show the cases (${error.message}). Use a current version of Firefox, Chrome, Edge or Safari.`;
});
