// A page without cases: only its links need to be wired.
wireAnchors();
window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((box) => (box.open = true)));
