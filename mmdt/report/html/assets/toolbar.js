// The controls above the list; each change updates the URL and is applied immediately.
const scopeTitle = (data, scope) => (Object.hasOwn(data.scopes, scope) ? data.scopes[scope].title : scope);

function fillScopes(data) {
  const tree = new Map();
  for (const cell of data.cells.toSorted()) {
    const parts = cell.split("/");
    parts.forEach((_, depth) => tree.set(parts.slice(0, depth + 1).join("/"), depth));
  }
  const cells = [...tree].map(([name, depth]) =>
    el("option", { value: name, text: "\u2003".repeat(depth) + name.split("/").at(-1) }));
  const summaries = Object.entries(data.scopes).map(([name, { title }]) => el("option", { value: name, text: title }));
  byId("scope").replaceChildren(
    el("option", { value: "", text: "everywhere" }),
    el("optgroup", { label: "Cells" }, cells),
    summaries.length ? el("optgroup", { label: "Summaries" }, summaries) : "",
  );
}

function fillValues(data, state) {
  byId("value-field").hidden = !state.metric;
  byId("value-field").firstElementChild.textContent = metricOf(data, state.metric)[0];
  const options = [...VALUES].map(([key, [title]]) => el("option", { value: key, text: title }));
  byId("value").replaceChildren(el("option", { value: "", text: "any" }), ...options);
  byId("value").value = state.value;
}

// Every order that the heads of the columns give, for those who cannot see or reach these.
function fillOrders(state, keys, first = state.metric ? "worst first" : "as asked") {
  const options = [...keys].flatMap(([key, [title]]) => [
    el("option", { value: key, text: `${title}, ascending` }), el("option", { value: `-${key}`, text: `${title}, descending` }),
  ]);
  byId("order").replaceChildren(el("option", { value: "", text: first }), ...options);
  byId("order").value = state.sort;
}

const GROUP_TITLES = new Map([["any-answer", "any answer"], ["refused", "any refusal"], ["missing", "missing"], ["cut-off", "cut off"]]);

const CHIP_TITLES = new Map([["answered", "answered, no other label"]]);

function chip(outcome, title, count, state, change) {
  const on = state.outcome === outcome;
  return el(
    "button",
    { type: "button", class: "chip", "aria-pressed": on, "data-count": count, "data-outcome": outcome || "all", on: { click: () => change({ outcome: on ? "" : outcome }) } },
    title, el("span", { class: "chip-count", text: number.format(count) }),
  );
}

function drawChips(data, found, state, change) {
  data.outcomes ??= [...new Set(data.cases.map((each) => each.outcome))].filter((one) => !GROUPS.has(one)).toSorted();
  const counts = new Map();
  const add = (key) => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const each of found) {
    if (!GROUPS.has(each.outcome)) add(each.outcome);
    for (const [key, has] of GROUPS) if (has(each)) add(key);
  }
  const count = (outcome) => counts.get(outcome) ?? 0;
  const shown = [...GROUP_TITLES].filter(([key]) => key !== "cut-off" || state.outcome === key || count(key));
  const groups = shown.map(([key, title]) => chip(key, title, count(key), state, change));
  const labels = data.outcomes.map((one) => chip(one, CHIP_TITLES.get(one) ?? one.replace(":", ": "), count(one), state, change));
  byId("outcomes").replaceChildren(chip("", "all", found.length, { outcome: state.outcome || "" }, change), ...groups,
    el("span", { class: "chip-gap", "aria-hidden": "true" }), ...labels);
}

function wireToolbar(change) {
  let wait = 0;
  byId("search").addEventListener("input", (event) => {
    clearTimeout(wait);
    wait = setTimeout(() => change({ q: event.target.value.trim() }), 150);
  });
  byId("scope").addEventListener("change", (event) => change({ scope: event.target.value }));
  byId("order").addEventListener("change", (event) => change({ sort: event.target.value, case: "" }));
  byId("value")?.addEventListener("change", (event) => change({ value: event.target.value }));
  byId("toolbar").addEventListener("submit", (event) => event.preventDefault());
  byId("toolbar").addEventListener("reset", (event) => {
    event.preventDefault();
    byId("search").value = "";
    change({ scope: "", outcome: "", metric: "", value: "", q: "", sort: "" });
  });
}
