// The run's cases, from the page itself: plain JSON, or gzip in base64 where it is long.
async function readData() {
  const holder = byId("case-data");
  if (holder.dataset.encoding === "json") return JSON.parse(holder.textContent);
  const coded = atob(holder.textContent);
  const bytes = new Uint8Array(coded.length);
  for (let i = 0; i < coded.length; i++) bytes[i] = coded.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

// What several parts of the page need to know about each case, worked out once.
function prepare(data) {
  data.scenarioOf = data.cells.map((cell) => cell.split("/").slice(0, 3).join("/"));
  data.cases.forEach((each, index) => {
    each.index = index;
    each.outcome ??= "";
    each.scores ??= {};
  });
  return data;
}

// Thumbnails stand in chunks of their own; a chunk is parsed when one of its pictures is first looked at.
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

// A prompt, a reply, whatever was written about them: what a search looks through, in lower case.
function searchable(each) {
  if (each.haystack === undefined) {
    const seen = (each.seen ?? []).flatMap((one) => [one.why, one.evidence, one.error]);
    const parts = [each.id, each.prompt, each.system, each.text, each.reason, each.failure, each.missing, ...seen];
    each.haystack = parts.filter(Boolean).join("\n").toLowerCase();
  }
  return each.haystack;
}
