// Connects the parts: reads the data, then keeps the list, the details and the controls in sync with the URL.
async function start() {
  wireFolds();
  wireTheme();
  wirePrint();
  wireAnchors();
  const data = prepare(await readData());
  let { state } = readState();
  const list = new CaseList(data, (each) => {
    showCase(data, each);
    state.case = caseName(each);
    writeState(state);
  });

  const apply = () => {
    const found = candidates(data, state);
    const cases = inOrder(data, found.filter((each) => hasOutcome(each, state.outcome)), state);
    drawChips(data, found, state, change);
    fillValues(data, state);
    byId("scope").value = state.scope;
    if (byId("search").value.trim() !== state.q) byId("search").value = state.q;
    byId("count").textContent = sentence(data, cases.length, state);
    const chosen = cases.find((each) => caseName(each) === state.case) ?? cases[0];
    list.show(cases, state.metric, chosen);
    if (!chosen) byId("detail").replaceChildren(el("p", { class: "muted", text: "No matching cases." }));
  };

  const change = (changes) => {
    state = { ...state, ...changes };
    writeState(state);
    apply();
  };

  const follow = () => {
    if (anchorOf(location.hash)) return;
    const read = readState();
    state = read.state;
    writeState(state);
    apply();
    if (read.jumpToCases) {
      byId("cases").scrollIntoView();
      byId("cases-heading").focus({ preventScroll: true });
    }
  };

  fillScopes(data);
  wireToolbar(change);
  wireReveal(() => {
    list.redraw();
    if (list.at >= 0) showCase(data, list.cases[list.at]);
  });
  window.addEventListener("hashchange", follow);
  byId("explorer").hidden = false;
  byId("load-state").hidden = true;
  if (anchorOf(location.hash)) apply();
  else follow();
}

function sentence(data, count, state) {
  const where = state.scope ? ` in ${scopeTitle(data, state.scope)}` : "";
  const metric = ["lower", "higher"].includes(metricOf(data, state.metric)[1]) ? ", worst first" : "";
  return `${number.format(count)} of ${plural(data.cases.length, "case")}${where}${metric}`;
}

start().catch((error) => {
  byId("load-state").textContent = `This browser cannot show the cases (${error.message}). Use a current version of Firefox, Chrome, Edge or Safari.`;
});
