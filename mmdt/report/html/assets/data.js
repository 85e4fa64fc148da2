// Reads the run's cases from the page: plain JSON, or gzip in base64 if it is long.
async function readData() {
  const holder = byId("case-data");
  if (holder.dataset.encoding === "json") return JSON.parse(holder.textContent);
  const encoded = atob(holder.textContent);
  const bytes = new Uint8Array(encoded.length);
  for (let i = 0; i < encoded.length; i++) bytes[i] = encoded.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

// Adds what several parts of the page need to know about each case.
function prepare(data) {
  data.scenarioOf = data.cells.map((cell) => cell.split("/").slice(0, 3).join("/"));
  data.cases.forEach((each, index) => {
    each.index = index;
    each.outcome ??= "";
    each.scores ??= {};
  });
  return data;
}

// Thumbnails are stored in chunks; a chunk is parsed when one of its pictures is first shown.
const chunks = new Map();

function thumbnail(data, index) {
  const place = Math.floor(index / data.chunk);
  if (!chunks.has(place)) {
    const holder = byId(`pictures-${place}`);
    chunks.set(place, holder ? JSON.parse(holder.textContent) : []);
  }
  const address = chunks.get(place)[index % data.chunk] ?? "";
  return address.startsWith("data:image/webp;base64,") ? address : "";
}

// The text that a search covers, in lower case: prompt, reply, and what evaluators wrote about them.
function searchable(each) {
  if (each.haystack === undefined) {
    const seen = (each.seen ?? []).flatMap((one) => [one.why, one.evidence, one.error]);
    const parts = [each.id, each.prompt, each.system, each.conversation, each.text, each.reasoning, each.reason, each.failure, each.missing, ...seen];
    each.haystack = parts.filter(Boolean).join("\n").toLowerCase();
  }
  return each.haystack;
}
