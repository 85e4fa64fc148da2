// Shows one case: its input, the output, the observations and the scores.
function part(title, ...children) {
  const shown = children.flat().filter(Boolean);
  return shown.length ? el("section", {}, el("h4", { text: title }), shown) : "";
}

const pictures = (data, numbers, kind) =>
  numbers?.length ? el("div", { class: "pictures" }, numbers.map((index) => picture(data, index, kind))) : "";

const json = (title, value) => (value ? folded(title, JSON.stringify(value, null, 2), "json") : "");

function pairs(entries) {
  const shown = entries.filter(([, value]) => value !== undefined && value !== "");
  return shown.length
    ? el("dl", { class: "pairs" }, shown.map(([key, value]) => el("div", {}, el("dt", { text: key }), el("dd", { text: value }))))
    : "";
}

function consumed(usage = {}) {
  const tokens = usage.in || usage.out ? `${number.format(usage.in ?? 0)} in, ${number.format(usage.out ?? 0)} out` : "";
  return [["tokens", tokens], ["images generated", usage.images], ["cost", usage.cost === undefined ? "" : `$${usage.cost.toPrecision(2)}`]];
}

const STATUS = { answered: "Answered.", refused: "Refused.", failed: "The request failed.", "not asked": "Not sent yet." };

function output(data, each) {
  return part(
    "Output",
    el("p", { class: "status", text: each.by ? `Refused (by ${each.by}).` : STATUS[each.status] ?? each.status }),
    each.failure ? el("p", { class: "alarm", text: each.failure }) : "",
    each.reason ? folded("Reason", each.reason) : "",
    each.cut ? el("p", { class: "alarm", text: "The token limit cut the answer off." }) : "",
    each.blind ? el("p", { class: "alarm", text: "No more tokens were counted than the text has: the server may have dropped the picture." }) : "",
    each.left_out ? el("p", { text: `Asked without ${each.left_out.join(", ")}, because the server does not take it.` }) : "",
    each.reasoning ? folded("Reasoning", each.reasoning) : "",
    each.text ? folded("Reply", each.text) : "",
    pictures(data, each.made, "Generated picture"),
    pairs([
      ["model version", each.model], ["latency", each.latency ? seconds(each.latency) : ""], ["attempts", each.attempts],
      ["finish reason", each.finish], ...consumed(each.usage),
    ]),
  );
}

// Booleans and numbers are shown directly; texts may be harmful, so they stay collapsed.
function verdicts(value = {}) {
  const plain = Object.entries(value).filter(([, one]) => typeof one === "boolean" || typeof one === "number");
  return plain.map(([key, one]) => el("span", { class: "verdict" }, `${key.replaceAll("_", " ")}: `, el("strong", { text: one === true ? "yes" : one === false ? "no" : scoreText(one) })));
}

function observation(data, seen) {
  const [name, fingerprint] = data.evaluators[seen.role] ?? ["", ""];
  return el(
    "div",
    { class: seen.error ? "seen lacking" : "seen", "data-probe": seen.probe },
    el("p", { class: "seen-head" }, el("strong", { text: seen.probe }), verdicts(seen.value)),
    el("p", { class: "muted", text: [seen.role, name, fingerprint.slice(0, 16)].filter(Boolean).join(" · ") }),
    seen.error ? el("p", { class: "alarm", text: `Missing: ${seen.error}` }) : "",
    seen.why ? folded("Rationale", seen.why) : "",
    seen.evidence ? folded("Evidence", seen.evidence) : "",
    json("Value", seen.value),
    pairs(consumed(seen.usage)),
  );
}

// The whole conversation where a case has several turns, else the system prompt and the prompt.
function asked(each) {
  if (each.conversation) return folded("Conversation", each.conversation);
  return [each.system ? folded("System prompt", each.system) : "", each.prompt ? folded("Prompt", each.prompt) : ""];
}

function showCase(data, each) {
  const scores = Object.entries(each.scores).map(([key, value]) => [key.replaceAll("_", " "), scoreText(value)]);
  byId("detail").replaceChildren(
    el("header", {}, outcomePill(each.outcome), el("h3", { text: data.cells[each.cell] }),
      el("p", { class: "muted" }, el("code", { text: caseName(each) }), each.group ? ` in group ${each.group}` : "")),
    each.missing ? el("p", { class: "alarm", text: `${each.outcome === "unclear" ? "Unclear" : "Missing"}: ${each.missing}` }) : "",
    part("Input", asked(each),
      pictures(data, each.images, "Input picture"), json("Ground truth", each.target)),
    output(data, each),
    part("Observations", (each.seen ?? []).map((seen) => observation(data, seen))),
    part("Scores", pairs(scores)),
  );
  byId("detail").scrollTop = 0;
}
