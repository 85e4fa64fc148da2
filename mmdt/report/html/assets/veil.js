// Pictures stay blurred and texts collapsed until the reader reveals them, individually or all at once.
let revealed = false;
const unveiled = new Set();

function pictureFacts(kind, [digest, width, height, suffix]) {
  const path = `artifacts/${digest.slice(0, 2)}/${digest}.${suffix}`;
  return el("figcaption", { title: path }, `${kind}, ${width} × ${height} ${suffix}`, el("code", { text: digest.slice(0, 12) }));
}

function picture(data, index, kind) {
  const address = thumbnail(data, index);
  const caption = pictureFacts(kind, data.pictures[index]);
  if (!address) return el("figure", { class: "picture absent" }, el("p", { text: "Not included in this file" }), caption);
  const image = el("img", { src: address, alt: `${kind}, blurred`, class: "veiled" });
  const button = el("button", { type: "button", class: "picture-button", "aria-label": `Reveal this ${kind.toLowerCase()}` }, image);
  const lift = () => {
    unveiled.add(index);
    image.classList.remove("veiled");
    image.alt = kind;
    button.setAttribute("aria-label", `Hide this ${kind.toLowerCase()}`);
  };
  const lower = () => {
    unveiled.delete(index);
    image.classList.add("veiled");
    image.alt = `${kind}, blurred`;
    button.setAttribute("aria-label", `Reveal this ${kind.toLowerCase()}`);
  };
  button.addEventListener("click", () => (image.classList.contains("veiled") ? lift() : lower()));
  if (revealed || unveiled.has(index)) lift();
  return el("figure", { class: "picture" }, button, caption);
}

// The text is added to the page only when it is expanded.
function folded(title, text, kind = "prose") {
  const body = el("pre", { class: kind, dir: "auto" });
  const box = el("details", { class: "text" }, el("summary", {}, title, el("span", { class: "size", text: plural(text.length, "character") })), body);
  const fill = () => (body.textContent = box.open ? text : "");
  box.addEventListener("toggle", fill);
  if (revealed) {
    box.open = true;
    fill();
  }
  return box;
}

function setRevealed(on, refresh) {
  revealed = on;
  if (!on) unveiled.clear();
  const button = byId("reveal-switch");
  button.setAttribute("aria-pressed", String(on));
  button.textContent = on ? "Hide everything" : "Reveal everything";
  document.body.classList.toggle("revealed", on);
  refresh();
}

function wireReveal(refresh) {
  const button = byId("reveal-switch");
  const dialog = byId("reveal-dialog");
  button.hidden = false;
  button.addEventListener("click", () => (revealed ? setRevealed(false, refresh) : dialog.showModal()));
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "reveal") setRevealed(true, refresh);
    dialog.returnValue = "";
  });
}
