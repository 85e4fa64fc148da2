"use strict";
async function look() {
  try {
    const reply = await fetch("ready");
    const found = await reply.json();
    if (!reply.ok) throw new Error(found.error);
    if (found.ready) return location.reload();
  } catch (error) {
    document.getElementById("said").textContent = `It cannot be read: ${error.message}`;
  }
  setTimeout(look, 500);
}
look();
