// All elements are created here: text always goes through textContent or a text node, never through markup.
const byId = (id) => document.getElementById(id);

function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (key === "on") for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    else if (key === "text") node.textContent = value;
    else if (key.startsWith("aria-")) node.setAttribute(key, String(value)); // "false" is a value of these, not their absence
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

const number = new Intl.NumberFormat("en-US");
const plural = (count, one, many = `${one}s`) => `${number.format(count)} ${count === 1 ? one : many}`;

function scoreText(value) {
  if (value === undefined || value === null) return "missing";
  return Number.isInteger(value) ? String(value) : value.toPrecision(3);
}

const money = (value) => `$${value >= 100 ? number.format(Math.round(value)) : value.toPrecision(2)}`;

function seconds(value) {
  return value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(1)} s`;
}
