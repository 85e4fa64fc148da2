// Shows one case: its input, the output, the observations and the scores.
function part(title, ...children) {
  const shown = children.flat().filter(Boolean);
  return shown.length ? el("section", {}, el("h4", { text: title }), shown) : "";
}

const pictures = (data, numbers, kind) =>
  numbers?.length ? el("div", { class: "pictures" }, numbers.map((index) => picture(data, index, kind))) : "";

const json = (key, title, value) => (value ? folded(key, title, JSON.stringify(value, null, 2), "json") : "");

function pairs(entries) {
  const shown = entries.filter(([, value]) => value !== undefined && value !== "");
  return shown.length
    ? el("dl", { class: "pairs" }, shown.map(([key, value]) => el("div", {}, el("dt", { text: key }), el("dd", { text: value }))))
    : "";
}

function consumed(usage = {}) {
  const tokens = usage.in || usage.out ? `${number.format(usage.in ?? 0)} in, ${number.format(usage.out ?? 0)} out` : "";
  return [["tokens", tokens], ["images generated", usage.images], ["cost", usage.cost === undefined ? "" : money(usage.cost)]];
}

const STATUS = { answered: "Answered.", refused: "Refused.", failed: "The request failed.", "not asked": "Not sent yet." };

function output(data, each, key) {
  return part(
    "Output",
    el("p", { class: "status", text: each.by ? `Refused (by ${each.by}).` : STATUS[each.status] ?? each.status }),
    each.failure ? el("p", { class: "alarm", text: each.failure }) : "",
    each.reason ? folded(`${key} reason`, "Reason", each.reason) : "",
    each.cut ? el("p", { class: "alarm", text: "The token limit cut the answer off." }) : "",
    each.blind ? el("p", { class: "alarm", text: "No more tokens were counted than the text has: the server may have dropped the picture." }) : "",
    each.left_out ? el("p", { text: `Asked without ${each.left_out.join(", ")}, because the server does not take it.` }) : "",
    each.reasoning ? folded(`${key} reasoning`, "Reasoning", each.reasoning) : "",
    each.text ? folded(`${key} reply`, "Reply", each.text) : "",
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

// What the evaluator was asked: word for word where a model read it, else the question as it was put.
function question(data, seen, key) {
  if (seen.changed) return el("p", { class: "muted", text: "What was asked cannot be shown: the scenario asks something else by now." });
  if (!seen.words) return json(`${key} question`, "What it was asked", seen.question);
  const asked = seen.words.map(([title, text]) => folded(`${key} ${title}`, `What it was asked: ${title.toLowerCase()}`, text));
  return [...asked, pictures(data, seen.shown, "Picture that it was shown")];
}

function observation(data, seen, name) {
  const key = `${name} ${seen.probe}`;
  const [by, fingerprint] = data.evaluators[seen.role] ?? ["", ""];
  return el(
    "div",
    { class: seen.error ? "seen lacking" : "seen", "data-probe": seen.probe },
    el("p", { class: "seen-head" }, el("strong", { text: seen.probe }), verdicts(seen.value)),
    el("p", { class: "muted", text: [seen.role, by, fingerprint.slice(0, 16)].filter(Boolean).join(" · ") }),
    seen.error ? el("p", { class: "alarm", text: `Missing: ${seen.error}` }) : "",
    question(data, seen, key),
    seen.why ? folded(`${key} rationale`, "Rationale", seen.why) : "",
    seen.evidence ? folded(`${key} evidence`, "Evidence", seen.evidence) : "",
    json(`${key} value`, "Value", seen.value),
    pairs(consumed(seen.usage)),
  );
}

// The whole conversation where a case has several turns, else the system prompt and the prompt.
function asked(each, key) {
  if (each.conversation) return folded(`${key} conversation`, "Conversation", each.conversation);
  return [each.system ? folded(`${key} system`, "System prompt", each.system) : "", each.prompt ? folded(`${key} prompt`, "Prompt", each.prompt) : ""];
}

const inputOf = (data, each, key) =>
  part("Input", asked(each, key), pictures(data, each.images, "Input picture"), json(`${key} truth`, "Ground truth", each.target));

// What one model did with a case, and what was seen in it.
function answerOf(data, each, key) {
  const scores = Object.entries(each.scores).map(([name, value]) => [name.replaceAll("_", " "), scoreText(value)]);
  return [
    each.missing ? el("p", { class: "alarm", text: `${each.outcome === "unclear" ? "Unclear" : "Missing"}: ${each.missing}` }) : "",
    output(data, each, key),
    part("Observations", (each.seen ?? []).map((seen) => observation(data, seen, key))),
    part("Scores", pairs([...scores, ["cost of all requests", each.cost ? money(each.cost) : ""]])),
  ];
}

let wanted = null;

// Shows `row` once its part is read, unless another one was chosen meanwhile.
async function showCase(data, row) {
  wanted = row;
  const each = await wholeCase(data, row);
  if (wanted !== row) return;
  const key = caseName(each);
  byId("detail").replaceChildren(
    el("header", {}, outcomePill(each.outcome), el("h3", { text: data.cells[each.cell] }),
      el("p", { class: "muted" }, el("code", { text: caseName(each) }), each.group ? ` in group ${each.group}` : "")),
    inputOf(data, each, key),
    ...answerOf(data, each, key).filter(Boolean),
  );
  byId("detail").scrollTop = 0;
}
