"use strict";
const number = new Intl.NumberFormat("en-US");
const $ = (id) => document.getElementById(id);

function show({ doing, done, total }) {
  if ($("doing").textContent !== doing) $("doing").textContent = doing; // read aloud once, not at each look
  if (total && done) $("bar").value = done / total;
  else $("bar").removeAttribute("value");
  $("counted").textContent = total && done ? `${number.format(done)} of ${number.format(total)}` : "";
}

async function look() {
  try {
    const reply = await fetch("ready");
    const found = await reply.json();
    if (!reply.ok) throw new Error(found.error);
    if (found.ready) return location.reload();
    show(found);
    $("error").hidden = true;
  } catch (error) {
    $("error").textContent = `The page cannot be made: ${error.message}. Is mmdt view still running?`;
    $("error").hidden = false;
  }
  setTimeout(look, 500);
}
look();
