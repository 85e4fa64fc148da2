"use strict";
// Everything that comes from a run is set as text, never as markup.
const $ = (id) => document.getElementById(id);
const number = new Intl.NumberFormat("en-US");
const COLUMNS = [
  ["model", "Model"], ["created", "Date"], ["data", "Data"], ["judge", "Judge"], ["how", "Status"],
  ["headlines", "Headlines"], ["outputs", "Outputs"], ["cost", "Cost"],
];
const MOST_HEADLINES = 12;
const chosen = new Set();
const EMPTY = "There are no runs in this folder yet. Start one, for example with: mmdt run organism/demo. It appears here by itself.";
let runs = [], folders = [], sort = "-created", drawn = "";

function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (key === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

// What a run is sorted by; "headline.TITLE" is the value of that headline.
function valueOf(run, key) {
  if (key.startsWith("headline.")) return run.headlines?.find((each) => each.title === key.slice(9))?.value ?? null;
  if (key === "headlines") return run.headlines?.length ?? null;
  return run[key] === "" ? null : run[key] ?? null;
}

function inOrder(shown) {
  const [key, down] = sort.startsWith("-") ? [sort.slice(1), true] : [sort, false];
  const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b) : a - b);
  return shown.toSorted((x, y) => {
    const [a, b] = [valueOf(x, key), valueOf(y, key)];
    if (a === null || b === null) return (a === null) - (b === null);
    return down ? compare(b, a) : compare(a, b);
  });
}

function matching() {
  const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const how = $("how").value;
  return runs.filter((run) => {
    const text = [run.model, run.folder, run.data, run.judge, run.when].join(" ").toLowerCase();
    return (!how || run.how === how) && words.every((word) => text.includes(word));
  });
}

function status(run) {
  const kind = run.how === "complete" ? "complete" : run.running ? "running" : "lacking";
  return [el("span", { class: `pill is-${kind}` }, run.how), run.reason ? el("span", { class: "why" }, run.reason) : "",
    run.error ? el("span", { class: "why" }, run.error) : ""];
}

function pending({ total, done }) {
  return total ? `scoring: ${number.format(done)} of ${number.format(total)} outputs` : "waiting to be scored";
}

function headlines(run) {
  if (!run.headlines) return run.pending ? el("span", { class: "why" }, pending(run.pending)) : run.running ? el("span", { class: "why" }, "when it has ended") : "";
  const more = run.headlines.length - MOST_HEADLINES;
  return el("ul", { class: "headline-list" }, run.headlines.slice(0, MOST_HEADLINES).map((each) => el("li", { title: each.title },
    el("span", { class: "name" }, `${each.title}\u00a0${each.arrow}`),
    el("span", { class: "value" }, each.text, " ", el("span", { class: "range" }, each.interval)))), more > 0 ? el("li", { class: "why" }, `and ${more} more`) : "");
}

function outputs(run) {
  if (run.outputs === undefined) return "";
  return run.missing ? `${number.format(run.outputs)} (${number.format(run.missing)} missing)` : number.format(run.outputs);
}

// A run's folder from the folder that was named, so that it fits; it may break after each slash.
function place(folder) {
  const root = folders.filter((each) => folder.startsWith(`${each}/`)).sort((a, b) => b.length - a.length)[0];
  const parts = (root ? folder.slice(root.length + 1) : folder).split("/");
  const broken = parts.flatMap((part, at) => (at + 1 < parts.length ? [`${part}/`, el("wbr")] : [part]));
  return el("span", { class: "folder", title: folder }, broken);
}

function row(run) {
  const box = el("input", { type: "checkbox", "aria-label": `Choose ${run.model}, ${run.folder}`, on: { change: () => {
    if (box.checked) chosen.add(run.key); else chosen.delete(run.key);
    $("compare").disabled = chosen.size < 2;
  } } });
  box.checked = chosen.has(run.key);
  box.disabled = run.kind === "search"; // its methods and targets are compared on its own page
  return el("tr", { "data-key": run.key },
    el("td", {}, box),
    el("th", { scope: "row" }, el("a", { class: "run-name", href: `run/${run.key}/` }, run.model), place(run.folder)),
    el("td", { "data-title": "date" }, run.when ?? ""), el("td", { "data-title": "data" }, run.data ?? ""),
    el("td", { "data-title": "judge" }, run.judge ?? ""), el("td", {}, status(run)), el("td", {}, headlines(run)),
    el("td", { class: "number", "data-title": "outputs" }, outputs(run)),
    el("td", { class: "number", "data-title": "cost" }, run.cost_text ?? ""));
}

function order(key) {
  sort = sort === key ? `-${key}` : sort === `-${key}` ? key : ["created", "cost", "outputs"].includes(key) ? `-${key}` : key;
  draw(true);
}

function heads() {
  const now = sort.replace(/^-/, "");
  $("heads").replaceChildren(el("th", { scope: "col" }, el("span", { class: "hidden" }, "Choose")), ...COLUMNS.map(([key, title]) =>
    el("th", { scope: "col", class: ["outputs", "cost"].includes(key) ? "number" : "", "aria-sort": now === key ? (sort.startsWith("-") ? "descending" : "ascending") : null },
      el("button", { type: "button", "data-sort": key, on: { click: () => order(key) } }, title))));
}

function fill(select, options, value) {
  select.replaceChildren(...options.map(([key, title]) => el("option", { value: key }, title)));
  select.value = options.some(([key]) => key === value) ? value : options[0][0];
}

function draw(force = false) {
  const now = JSON.stringify([runs, sort, $("search").value, $("how").value]);
  if (!force && now === drawn) return; // what the reader does on the page is not disturbed
  drawn = now;
  fill($("how"), [["", "any"], ...[...new Set(runs.map((run) => run.how))].sort().map((how) => [how, how])], $("how").value);
  const titles = [...new Set(runs.flatMap((run) => (run.headlines ?? []).map((each) => each.title)))].sort();
  const keys = [...COLUMNS.map(([key, title]) => [key, title.toLowerCase()]), ...titles.map((title) => [`headline.${title}`, title])];
  fill($("order"), keys.filter(([key]) => key !== "headlines").flatMap(([key, title]) => [[key, `${title}, ascending`], [`-${key}`, `${title}, descending`]]), sort);
  heads();
  const shown = inOrder(matching());
  $("rows").replaceChildren(...shown.map(row));
  $("table").hidden = !shown.length;
  $("empty").hidden = shown.length > 0;
  $("empty").textContent = runs.length ? "No run matches the search and the status above." : EMPTY;
  $("count").textContent = `${number.format(shown.length)} of ${number.format(runs.length)} ${runs.length === 1 ? "run" : "runs"}` +
    (runs.some((run) => run.pending) ? ", numbers are being computed …" : "");
}

async function look() {
  try {
    const reply = await fetch("runs");
    const body = await reply.json();
    if (!reply.ok) throw new Error(body.error);
    [runs, folders] = [body.runs, body.folders];
    for (const key of [...chosen]) if (!runs.some((run) => run.key === key)) chosen.delete(key);
    $("where").textContent = body.folders.join(", ");
    $("error").hidden = true;
    draw();
  } catch (error) {
    $("error").textContent = `The runs cannot be read: ${error.message}. Is mmdt view still running?`;
    $("error").hidden = false;
  }
  const soon = runs.some((run) => run.pending || run.running);
  setTimeout(look, soon ? 1000 : 8000);
}

$("search").addEventListener("input", () => draw());
$("how").addEventListener("change", () => draw());
$("order").addEventListener("change", (event) => { sort = event.target.value; draw(true); });
$("toolbar").addEventListener("submit", (event) => event.preventDefault());
$("compare").addEventListener("click", () => {
  const inRows = [...document.querySelectorAll("#rows tr")].map((each) => each.dataset.key).filter((key) => chosen.has(key));
  location.href = `compare/${(inRows.length > 1 ? inRows : [...chosen]).join("+")}/`;
});
look();
