// Pictures stay blurred and texts collapsed until the reader opens them: one by one, in each case as it is looked at ("open
// as I go"), or all at once. What was opened stays open, and what was closed stays closed, when the case is shown again.
let revealed = false;
let following = false;
let agreed = false;
const choices = new Map();

const isOpen = (key) => choices.get(key) ?? (revealed || following);
const snippetsShown = () => revealed || following;

function pictureFacts(kind, [, digest, width, height, suffix]) {
  const path = `artifacts/${digest.slice(0, 2)}/${digest}.${suffix}`;
  return el("figcaption", { title: path }, `${kind}, ${width} × ${height} ${suffix}`, el("code", { text: digest.slice(0, 12) }));
}

function picture(data, index, kind) {
  const address = thumbnail(data, index);
  const caption = PARTS ? el("figcaption", {}, `${kind}, `, el("a", { href: fullPicture(data, index), target: "_blank", rel: "noreferrer", text: "full size" }))
    : pictureFacts(kind, pictureOf(data, index));
  if (!address) return el("figure", { class: "picture absent" }, el("p", { text: "Not included in this file" }), caption);
  const image = el("img", { src: address, alt: `${kind}, blurred`, class: "veiled", loading: "lazy" });
  image.addEventListener("error", () => button.replaceWith(el("p", { text: "The picture cannot be shown" })));
  const button = el("button", { type: "button", class: "picture-button", "aria-label": `Reveal this ${kind.toLowerCase()}` }, image);
  const key = `picture ${index}`;
  const set = (open) => {
    image.classList.toggle("veiled", !open);
    image.alt = open ? kind : `${kind}, blurred`;
    button.setAttribute("aria-label", `${open ? "Hide" : "Reveal"} this ${kind.toLowerCase()}`);
  };
  button.addEventListener("click", () => {
    choices.set(key, image.classList.contains("veiled"));
    set(choices.get(key));
  });
  set(isOpen(key));
  return el("figure", { class: "picture" }, button, caption);
}

// The text is added to the page only when it is expanded. `key` names the box: the case, and the place in it.
function folded(key, title, text, kind = "prose") {
  const body = el("pre", { class: kind, dir: "auto", tabindex: 0 });
  const box = el("details", { class: "text" }, el("summary", {}, title, el("span", { class: "size", text: plural(text.length, "character") })), body);
  const fill = () => (body.textContent = box.open ? text : "");
  box.open = isOpen(key);
  fill();
  box.querySelector("summary").addEventListener("click", () => choices.set(key, !box.open));
  box.addEventListener("toggle", fill);
  return box;
}

function setRevealed(on, refresh) {
  revealed = on;
  choices.clear();
  const button = byId("reveal-switch");
  button.setAttribute("aria-pressed", String(on));
  button.textContent = on ? "Hide everything" : "Reveal everything";
  if (!on) setFollowing(false, () => {});
  document.body.classList.toggle("revealed", on);
  refresh();
}

function setFollowing(on, refresh) {
  following = on;
  byId("follow-switch").setAttribute("aria-pressed", String(on));
  refresh();
}

// One confirmation serves both, for as long as the page is open.
function wireReveal(refresh) {
  const dialog = byId("reveal-dialog");
  let then = () => {};
  const ask = (title, about, act) => {
    if (agreed) return act();
    byId("reveal-title").textContent = title;
    byId("reveal-about").textContent = about;
    then = act;
    dialog.showModal();
  };
  const reveal = byId("reveal-switch");
  reveal.hidden = false;
  reveal.addEventListener("click", () => revealed ? setRevealed(false, refresh)
    : ask("Reveal everything?", "This shows every picture without blur and expands every text.", () => setRevealed(true, refresh)));
  const follow = byId("follow-switch");
  follow.addEventListener("click", () => following ? setFollowing(false, refresh)
    : ask("Open cases as you go?", "This opens the texts and the pictures of each case that you look at, and shows the beginnings of prompts and replies in the list.", () => setFollowing(true, refresh)));
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "reveal") {
      agreed = true;
      then();
    }
    dialog.returnValue = "";
  });
}
