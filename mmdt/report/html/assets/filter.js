// The filters are part of the URL (#scope=...&outcome=...), so links, the back button and bookmarks work.
const FIELDS = ["scope", "outcome", "metric", "value", "q", "case"];

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

// A case's score for a metric: undefined if its scenario does not have the metric, null if the score is missing.
function scoreOf(data, each, metric) {
  const components = data.components[data.scenarioOf[each.cell]] ?? {};
  if (!Object.hasOwn(components, metric)) return undefined;
  return Object.hasOwn(each.scores, components[metric]) ? each.scores[components[metric]] : null;
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
function candidates(data, state) {
  const cells = state.scope ? cellsIn(data, state.scope) : null;
  const text = state.q.toLowerCase();
  return data.cases.filter(
    (each) =>
      (!cells || cells.has(each.cell)) &&
      hasScore(data, each, state) &&
      (!text || searchable(each).includes(text)),
  );
}

// Worst first, if a metric with a better direction is selected.
function inOrder(data, cases, state) {
  const way = { lower: -1, higher: 1 }[metricOf(data, state.metric)[1]];
  if (!way) return cases;
  const place = (each) => scoreOf(data, each, state.metric) ?? Infinity * way;
  return cases.toSorted((a, b) => way * (place(a) - place(b)) || a.index - b.index);
}
