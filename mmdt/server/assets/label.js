"use strict";
// Everything that comes from the run is set as text or as a picture's address, never as markup.
const $ = (id) => document.getElementById(id);
const base = location.pathname;
let name = "", state = null, number = 0, open = false, busy = false, adjudicating = false;
const trail = [];

async function get(path) {
  const reply = await fetch(base + path);
  const body = await reply.json();
  if (!reply.ok) throw new Error(body.error || "the server does not answer");
  return body;
}

async function send(verdict, at) {
  const reply = await fetch(base + "label", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ number: at, verdict, annotator: name, adjudicated: adjudicating }),
  });
  const body = await reply.json();
  if (!reply.ok) throw new Error(body.error || "the label was not kept");
}

function fail(error) {
  $("error").textContent = "Not kept: " + error.message;
  $("error").hidden = false;
}

async function refresh() {
  state = await get("state?annotator=" + encodeURIComponent(name));
}

function queue() {
  if (adjudicating) return state.disputed;
  const rest = [];
  for (let i = 0; i < state.total; i++) if (!(i in state.mine)) rest.push(i);
  return rest;
}

function fold(folded) {
  open = !folded;
  $("output").classList.toggle("folded", folded);
  $("content").inert = folded;
  for (const id of ["yes", "no", "unsure"]) $(id).disabled = folded;
  $("open").disabled = !folded;
}

function pictures(target, kind, count, at) {
  for (let i = 0; i < count; i++) {
    const image = document.createElement("img");
    image.alt = kind === "made" ? "the picture that the model made" : "a picture of the request";
    image.src = base + "picture/" + at + "/" + kind + "/" + i;
    target.append(image);
  }
}

function header() {
  const done = Object.keys(state.mine).length;
  $("place").textContent = adjudicating ? state.disputed.length + " to settle" : done + " of " + state.total;
  $("progress").max = Math.max(1, state.total);
  $("progress").value = done;
  $("who").textContent = name;
}

async function show() {
  fold(true);
  $("error").hidden = true;
  const rest = queue();
  $("start").hidden = true;
  $("desk").hidden = rest.length === 0;
  $("done").hidden = rest.length !== 0;
  if (rest.length === 0) { header(); return finished(); }
  number = rest.includes(number) ? number : rest[0];
  const item = await get("item/" + number);
  $("question").textContent = item.question;
  $("about").replaceChildren();
  for (const [key, value] of Object.entries(item.about)) {
    const term = document.createElement("dt"), text = document.createElement("dd");
    term.textContent = key; text.textContent = value;
    $("about").append(term, text);
  }
  $("pictures").replaceChildren();
  pictures($("pictures"), "made", item.made_pictures, number);
  $("reply").textContent = item.reply + (item.cut ? "\n[cut]" : "");
  $("asked").replaceChildren();
  pictures($("asked"), "asked", item.asked_pictures, number);
  $("prompt").textContent = item.prompt;
  $("guide").replaceChildren(...item.guide.map((line) => {
    const entry = document.createElement("li"); entry.textContent = line; return entry;
  }));
  $("votes").hidden = !adjudicating;
  if (adjudicating) {
    const votes = Object.entries(await get("votes/" + number));
    $("votes").textContent = votes.map(([who, said]) => who + ": " + said).join("   ");
  }
  for (const each of document.querySelectorAll("details")) each.open = false;
  document.activeElement.blur();
  scrollTo(0, 0);
  header();
  document.body.dataset.item = number;
}

function finished() {
  const disputed = state.disputed.length;
  $("summary").textContent = "You have labelled all " + Object.keys(state.mine).length + " outputs. " +
    (disputed ? "Annotators disagree about " + disputed + "." : "Annotators disagree about none.") +
    " You can close this page; mmdt shows the corrected numbers.";
  $("adjudicate").hidden = disputed === 0 || adjudicating;
}

async function act(work) {
  if (busy) return;
  busy = true;
  delete document.body.dataset.item; // set again when the next output is there
  try { await work(); await refresh(); await show(); } catch (error) { fail(error); document.body.dataset.item = number; } finally { busy = false; }
}

function label(verdict) {
  if (!open || busy || $("desk").hidden) return;
  const at = number;
  act(async () => { await send(verdict, at); trail.push(at); });
}

function undo() {
  if (!trail.length) return;
  const at = trail[trail.length - 1];
  act(async () => { await send("withdrawn", at); trail.pop(); number = at; });
}

$("start").addEventListener("submit", (event) => {
  event.preventDefault();
  name = $("name").value.trim().replace(/\s+/g, " ");
  if (name) act(async () => {});
});
for (const verdict of ["yes", "no", "unsure"]) $(verdict).addEventListener("click", () => label(verdict));
$("undo").addEventListener("click", undo);
$("back").addEventListener("click", undo);
$("open").addEventListener("click", () => { if (!busy) fold(false); });
$("adjudicate").addEventListener("click", () => { adjudicating = true; trail.length = 0; act(async () => {}); });
document.addEventListener("keydown", (event) => {
  if (!name || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const key = event.key.toLowerCase();
  const verdicts = { y: "yes", n: "no", u: "unsure" };
  if (key in verdicts) label(verdicts[key]);
  else if (key === "z") undo();
  else if (key === " " && !open && !busy && !$("desk").hidden) fold(false);
  else return;
  event.preventDefault();
});
