"use strict";
// Asks for the counts of a run again and again; everything is set as text.
const $ = (id) => document.getElementById(id);
const number = new Intl.NumberFormat("en-US");
const WINDOW = 30_000;
const marks = [];

function clock(seconds) {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  const two = (value) => String(value).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

// Outputs a second over the last half minute.
function rate(asked) {
  const now = performance.now();
  marks.push([now, asked]);
  while (marks.length > 2 && marks[1][0] < now - WINDOW) marks.shift();
  const [then, before] = marks[0];
  return now > then ? ((asked - before) * 1000) / (now - then) : 0;
}

function facts(entries) {
  $("facts").replaceChildren(...entries.filter(([, text]) => text !== "").map(([title, text]) => {
    const box = document.createElement("div"), name = document.createElement("dt"), value = document.createElement("dd");
    name.textContent = title;
    value.textContent = text;
    box.append(name, value);
    return box;
  }));
}

function cells(found) {
  $("cells").replaceChildren(...found.map((each) => {
    const row = document.createElement("tr"), head = document.createElement("th");
    head.scope = "row";
    head.textContent = each.cell;
    row.append(head);
    const asked = `${number.format(each.asked)} of ${number.format(each.wanted)}`;
    for (const text of [asked, each.answered, each.refused, each.failed, each.observations, each.missing]) {
      const box = document.createElement("td");
      box.className = "number";
      box.textContent = typeof text === "number" ? number.format(text) : text;
      row.append(box);
    }
    return row;
  }));
}

function draw(run) {
  const sum = (key) => run.cells.reduce((total, each) => total + each[key], 0);
  const [wanted, asked] = [sum("wanted"), sum("asked")];
  const speed = rate(asked);
  document.title = `${wanted ? Math.floor((100 * asked) / wanted) : 0} % · ${run.model}`;
  $("model").textContent = run.model;
  $("since").textContent = run.created ? `began ${run.created.slice(0, 16).replace("T", " ")} UTC` : "";
  $("holder").textContent = run.holder;
  $("done").textContent = `${number.format(asked)} of ${number.format(wanted)} outputs${run.loading ? ", more cases are being loaded" : ""}`;
  $("bar").max = Math.max(1, wanted);
  $("bar").value = asked;
  facts([
    ["answered", number.format(sum("answered"))], ["refused", number.format(sum("refused"))], ["failed", number.format(sum("failed"))],
    ["observations", number.format(sum("observations"))], ["observations missing", number.format(sum("missing"))],
    ["outputs a second", speed ? speed.toFixed(1) : ""], ["left", speed && asked < wanted ? clock((wanted - asked) / speed) : ""],
    ["requests", number.format(run.requests)], ["cost", run.cost === null ? "" : `$${run.cost.toFixed(2)}`],
  ]);
  cells(run.cells);
}

async function look() {
  try {
    const reply = await fetch("progress");
    const run = await reply.json();
    if (!reply.ok) throw new Error(run.error);
    if (!run.running) return location.reload(); // it has ended: its report is at the same address
    $("error").hidden = true;
    draw(run);
  } catch (error) {
    $("error").textContent = `The run cannot be read: ${error.message}`;
    $("error").hidden = false;
  }
  setTimeout(look, 1000);
}
look();
