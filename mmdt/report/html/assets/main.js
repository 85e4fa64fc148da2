// Connects the parts: reads the data, then keeps the list, the details and the controls in sync with the URL.
async function start() {
  wireFolds();
  wireTheme();
  wirePrint();
  wireAnchors();
  const loading = byId("load-state");
  const data = await prepare(await readPart("case-data"), (count) => (loading.textContent = `Loading the cases … ${number.format(count)}`));
  for (const key of ["cost", "latency"]) data[`has-${key}`] = data.cases.some((each) => each[key]);
  let { state } = readState();
  let shown = null;
  const search = new TextSearch(data, () => apply(true));
  const list = new CaseList(data, (each) => {
    shown = each;
    state.case = caseName(each);
    writeState(state);
    place(list);
    showCase(data, each).catch((error) => byId("detail").replaceChildren(el("p", { class: "alarm", text: `The case cannot be read: ${error.message}` })));
  }, (sort) => change({ sort, case: "" }));

  // `quiet`: there may be more hits of a search, so what the reader looks at stays.
  const apply = (quiet = false) => {
    const found = candidates(data, state, search);
    const kept = found.filter((each) => hasOutcome(each, state.outcome));
    const keys = sortKeys(data, scoreColumns(data, kept, state));
    const cases = inOrder(data, kept, state, keys);
    drawChips(data, found, state, change);
    fillValues(data, state);
    fillOrders(state, keys);
    byId("scope").value = state.scope;
    if (!quiet && byId("search").value.trim() !== state.q) byId("search").value = state.q;
    byId("count").textContent = sentence(data, cases.length, state, search);
    const chosen = cases.find((each) => caseName(each) === state.case) ?? cases[0];
    if (quiet && chosen === shown && list.at >= 0) list.keep(cases, state, keys, chosen);
    else list.show(cases, state, keys, chosen);
    if (!chosen) {
      wanted = shown = null;
      byId("detail").replaceChildren(el("p", { class: "muted", text: search.share < 1 ? "Searching …" : "No matching cases." }));
    }
    place(list);
  };

  const change = (changes) => {
    state = { ...state, ...changes };
    writeState(state);
    search.look(state.q.toLowerCase());
    apply();
  };

  const follow = () => {
    if (anchorOf(location.hash)) return;
    const read = readState();
    state = read.state;
    writeState(state);
    search.look(state.q.toLowerCase());
    apply();
    if (read.jumpToCases) {
      byId("cases").scrollIntoView();
      byId("cases-heading").focus({ preventScroll: true });
    }
  };

  fillScopes(data);
  wireToolbar(change);
  wireSteps(list);
  wireReveal(() => {
    list.redraw();
    if (list.at >= 0) showCase(data, list.cases[list.at]);
  });
  window.addEventListener("hashchange", follow);
  byId("explorer").hidden = false;
  loading.hidden = true;
  if (anchorOf(location.hash)) apply();
  else follow();
}

function sentence(data, count, state, search) {
  const where = state.scope ? ` in ${scopeTitle(data, state.scope)}` : "";
  const metric = !state.sort && ["lower", "higher"].includes(metricOf(data, state.metric)[1]) ? ", worst first" : "";
  const so = search.share < 1 ? `, searched ${Math.floor(100 * search.share)} %` : "";
  return `${number.format(count)} of ${plural(data.cases.length, "case")}${where}${metric}${so}`;
}

start().catch((error) => {
  byId("load-state").hidden = false;
  byId("load-state").textContent = `This browser cannot show the cases (${error.message}). Use a current version of Firefox, Chrome, Edge or Safari.`;
});
