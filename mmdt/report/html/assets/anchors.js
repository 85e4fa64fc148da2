// Links within the page: a metric's card opens in place, and what a link leads to is unfolded.
function anchorOf(hash) {
  try {
    return hash.length > 1 && !hash.includes("=") ? byId(decodeURIComponent(hash.slice(1))) : null;
  } catch {
    return null;
  }
}

function unfold(node) {
  for (let box = node.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  if (node.matches(".perspective")) node.querySelectorAll("details.tables").forEach((box) => (box.open = true));
}

function openCard(card) {
  byId("metric-dialog-title").textContent = card.querySelector("h3").textContent;
  byId("metric-dialog-body").replaceChildren(card.querySelector("dl").cloneNode(true));
  byId("metric-dialog").showModal();
}

function wireAnchors() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const node = link && anchorOf(link.hash);
    if (!node) return;
    if (link.matches(".about-metric")) {
      event.preventDefault();
      openCard(node);
    } else unfold(node);
  });
  byId("metric-dialog")?.addEventListener("click", (event) => {
    if (event.target === event.currentTarget) event.currentTarget.close();
  });
  const node = anchorOf(location.hash);
  if (node) {
    unfold(node);
    node.scrollIntoView();
  }
}
