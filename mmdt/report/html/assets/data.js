// Reads the run's cases, in parts: elements of this page (plain JSON, or gzip in base64 if it is long), or, where a server
// shows the page, addresses beside it.
const PARTS = document.documentElement.dataset.parts ?? "";
const KEPT_PARTS = 24;

async function readPart(name) {
  if (PARTS) {
    const reply = await fetch(`${PARTS}${name}`);
    if (!reply.ok) throw new Error(`the server has no ${name}`);
    return reply.json();
  }
  const holder = byId(name);
  if (!holder) throw new Error(`${name} is not in this file`);
  if (holder.dataset.encoding === "json") return JSON.parse(holder.textContent);
  const encoded = atob(holder.textContent);
  const bytes = new Uint8Array(encoded.length);
  for (let i = 0; i < encoded.length; i++) bytes[i] = encoded.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

// Lets the browser draw and answer the reader before the next piece of long work.
const breathe = () => new Promise((resume) => setTimeout(resume));

// The rows of all cases; `said` hears how far it is.
async function readRows(data, said = () => {}) {
  data.cases = [];
  for (let place = 0; data.cases.length < data.count; place++) {
    for (const each of await readPart(`${data.prefix ?? ""}rows-${place}`)) {
      each.index = data.cases.length;
      each.outcome ??= "";
      each.scores ??= {};
      data.cases.push(each);
    }
    said(data.cases.length);
    await breathe();
  }
}

// Adds what several parts of the page need to know about each case.
async function prepare(data, said) {
  data.scenarioOf = data.cells.map((cell) => cell.split("/").slice(0, 3).join("/"));
  data.details = new Map();
  await readRows(data, said);
  return data;
}

// A part with cases; those read last are kept.
async function readCases(data, place) {
  const kept = data.details.get(place) ?? readPart(`${data.prefix ?? ""}cases-${place}`);
  data.details.delete(place);
  data.details.set(place, kept);
  if (data.details.size > KEPT_PARTS) data.details.delete(data.details.keys().next().value);
  return kept;
}

// All there is to show of a case.
async function wholeCase(data, each) {
  const part = await readCases(data, Math.floor(each.index / data.casesAPart));
  return { ...each, ...part[each.index % data.casesAPart] };
}

// Thumbnails are stored in chunks; a chunk is parsed when one of its pictures is first shown.
const chunks = new Map();

// Each picture: address of the thumbnail, digest, width, height, suffix.
function pictureOf(data, index) {
  if (PARTS) return [`${PARTS}../thumbnail/${index}`];
  const place = `pictures-${Math.floor(index / data.chunk)}`;
  if (!chunks.has(place)) {
    const holder = byId(place);
    chunks.set(place, holder ? JSON.parse(holder.textContent) : []);
  }
  return chunks.get(place)[index % data.chunk] ?? [""];
}

const fullPicture = (data, index) => `${PARTS}../picture/${index}`;

function thumbnail(data, index) {
  const [address] = pictureOf(data, index);
  return PARTS || address.startsWith("data:image/webp;base64,") ? address : "";
}

// The text that a search covers, in lower case: prompt, reply, and what evaluators wrote about them.
function searchable(row, rest) {
  const seen = (rest.seen ?? []).flatMap((one) => [one.why, one.evidence, one.error]);
  const parts = [row.id, rest.prompt, rest.system, rest.conversation, rest.text, rest.reasoning, rest.reason, rest.failure, row.missing, rest.missing, ...seen];
  return parts.filter(Boolean).join("\n").toLowerCase();
}
