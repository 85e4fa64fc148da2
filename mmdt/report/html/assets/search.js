// Full text search in parts, so that the page answers meanwhile. What was searched once is kept up to a bound.
const KEPT_CHARACTERS = 60_000_000;
const TOLD_EVERY = 250;

class TextSearch {
  // `told` is called with how much is searched (0 to 1) whenever there may be more hits.
  constructor(data, told) {
    this.data = data;
    this.told = told;
    this.text = "";
    this.hits = new Uint8Array(data.count);
    this.share = 1;
    this.stacks = new Map();
    this.characters = 0;
  }

  matches(each) {
    return !this.text || this.hits[each.index] === 1;
  }

  async look(text) {
    if (text === this.text) return;
    this.text = text;
    this.hits.fill(0);
    this.share = text ? 0 : 1;
    const parts = Math.ceil(this.data.count / this.data.casesAPart);
    let last = performance.now();
    for (let place = 0; text && place < parts; place++) {
      const stack = this.stacks.get(place) ?? (await this.stack(place));
      if (this.text !== text) return; // another text is looked for by now
      const first = place * this.data.casesAPart;
      stack.forEach((one, at) => { if (one.includes(text)) this.hits[first + at] = 1; });
      this.share = (place + 1) / parts;
      if (performance.now() - last > TOLD_EVERY && place + 1 < parts) {
        this.told();
        await breathe();
        last = performance.now();
      }
    }
    this.told();
  }

  async stack(place) {
    const first = place * this.data.casesAPart;
    const part = await readPart(`${this.data.prefix ?? ""}cases-${place}`);
    const found = part.map((rest, at) => searchable(this.data.cases[first + at], rest));
    this.characters += found.reduce((sum, one) => sum + one.length, 0);
    if (this.characters < KEPT_CHARACTERS) this.stacks.set(place, found);
    return found;
  }
}
