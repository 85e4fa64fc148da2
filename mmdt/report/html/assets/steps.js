// Where the case that is shown is in the list.
function place(list) {
  const [at, last] = [list.at, list.cases.length - 1];
  byId("place").textContent = at < 0 ? "" : `${number.format(at + 1)} of ${number.format(last + 1)}`;
  byId("previous").disabled = at <= 0;
  byId("next").disabled = at < 0 || at >= last;
}

// The buttons, and the keys p and n anywhere among the cases.
function wireSteps(list) {
  byId("previous").addEventListener("click", () => list.step(-1));
  byId("next").addEventListener("click", () => list.step(1));
  byId("cases").addEventListener("keydown", (event) => {
    const by = { p: -1, n: 1 }[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) return;
    list.step(by);
    event.preventDefault();
  });
}
