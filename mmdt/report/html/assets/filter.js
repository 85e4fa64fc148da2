// The filters are part of the URL (#scope=...&outcome=...), so links, the back button and bookmarks work.
const FIELDS = ["scope", "outcome", "metric", "value", "q", "sort", "run", "case"];

function readState() {
  const given = new URLSearchParams(location.hash.slice(1));
  const state = Object.fromEntries(FIELDS.map((field) => [field, given.get(field) ?? ""]));
  return { state, jumpToCases: given.get("show") === "cases" };
}

function writeState(state) {
  const kept = new URLSearchParams(FIELDS.filter((field) => state[field]).map((field) => [field, state[field]]));
  history.replaceState(null, "", `#${kept}`);
}

const isRefused = (each) => each.outcome.startsWith("refused:");
// The three groups that the scorecard counts; any other outcome must match exactly.
const GROUPS = new Map([
  ["any-answer", (each) => !isRefused(each) && each.outcome !== "missing"],
  ["refused", isRefused],
  ["missing", (each) => each.outcome === "missing" || (Boolean(each.missing) && each.outcome !== "unclear")],
  ["cut-off", (each) => Boolean(each.cut)],
]);

function hasOutcome(each, outcome) {
  return !outcome || (GROUPS.has(outcome) ? GROUPS.get(outcome)(each) : each.outcome === outcome);
}

// The cells below an address; a summary's address covers its scenarios.
function cellsIn(data, scope) {
  const prefixes = Object.hasOwn(data.scopes, scope) ? data.scopes[scope].of : [scope];
  const inside = (cell) => prefixes.some((prefix) => cell === prefix || cell.startsWith(`${prefix}/`));
  return new Set(data.cells.flatMap((cell, index) => (inside(cell) ? [index] : [])));
}

// A case's score for a metric: undefined if it cannot have one (over-refusal of a harmful request), null if it is missing.
function scoreOf(data, each, metric) {
  const components = data.components[data.scenarioOf[each.cell]] ?? {};
  if (!Object.hasOwn(components, metric)) return undefined;
  if (Object.hasOwn(each.scores, components[metric])) return each.scores[components[metric]];
  return each.missing ? null : undefined;
}

// A metric's title and its better direction.
const metricOf = (data, name) => (Object.hasOwn(data.metrics, name) ? data.metrics[name] : [name, ""]);

const VALUES = new Map([
  ["above", ["above 0", (score) => score !== null && score > 0]],
  ["zero", ["0 or below", (score) => score !== null && score <= 0]],
  ["none", ["missing", (score) => score === null]],
]);

function hasScore(data, each, state) {
  if (!state.metric) return true;
  const score = scoreOf(data, each, state.metric);
  return score !== undefined && (!VALUES.has(state.value) || VALUES.get(state.value)[1](score));
}

// The cases that match all filters except the outcome, which is counted for each chip.
function candidates(data, state, search) {
  const cells = state.scope ? cellsIn(data, state.scope) : null;
  return data.cases.filter(
    (each) => (!cells || cells.has(each.cell)) && hasScore(data, each, state) && search.matches(each),
  );
}

// What the list can be sorted by: title, and a case's value (undefined where it has none: such cases come last).
function sortKeys(data, columns) {
  const task = data.cells.map((cell) => cell.split("/").slice(1).join("/"));
  return new Map([
    ["task", ["task", (each) => task[each.cell]]],
    ["outcome", ["outcome", (each) => each.outcome || undefined]],
    ...columns.map((name) => [`score.${name}`, [name.replaceAll("_", " "), (each) => each.scores[name]]]),
    ["cost", ["cost", (each) => each.cost]],
    ["latency", ["latency", (each) => each.latency]],
  ]);
}

// In the order of a column ("-" before its name: the greatest first); without one, the worst first if a metric with a
// better direction is selected, else as they were asked.
function inOrder(data, cases, state, keys) {
  const [key, down] = state.sort.startsWith("-") ? [state.sort.slice(1), true] : [state.sort, false];
  if (keys.has(key)) return sorted(cases, keys.get(key)[1], down);
  const way = metricOf(data, state.metric)[1];
  if (!["lower", "higher"].includes(way)) return cases;
  return sorted(cases, (each) => scoreOf(data, each, state.metric) ?? undefined, way === "lower");
}

// By value, cases of the same value as they were asked. Values are sorted, not cases: of a hundred thousand cases few
// differ, and numbers alone are sorted fastest.
function sorted(cases, valueOf, down) {
  const places = new Map();
  const without = [];
  for (const each of cases) {
    const value = valueOf(each) ?? null;
    if (value === null) without.push(each);
    else if (places.has(value)) places.get(value).push(each);
    else places.set(value, [each]);
  }
  const values = [...places.keys()];
  const order = values.every((value) => typeof value === "number") ? Float64Array.from(values).sort() : values.sort();
  if (down) order.reverse();
  const found = [];
  for (const value of order) for (const each of places.get(value)) found.push(each);
  return found.concat(without);
}

// The scores that the cases have: that of the selected metric, those behind headlines, then the most frequent first.
function scoreColumns(data, cases, state) {
  const counts = new Map();
  for (const each of cases) for (const name in each.scores) counts.set(name, (counts.get(name) ?? 0) + 1);
  const main = new Set(data.main ?? []);
  const found = [...counts].sort(([a, x], [b, y]) => main.has(b) - main.has(a) || y - x || (a < b ? -1 : 1)).map(([name]) => name);
  const scenario = data.cells.map((_, at) => data.components[data.scenarioOf[at]] ?? {}).find((each) => Object.hasOwn(each, state.metric));
  const first = scenario?.[state.metric];
  return counts.has(first) ? [first, ...found.filter((name) => name !== first)] : found;
}
