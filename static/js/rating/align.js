// Where the words on the screen stand in the text as it was written. Formatting leaves things out
// (asterisks, addresses of links, the language of a block of code) and adds none, so that what is
// seen is found in the text in the same order. Each stretch of words in which nothing can have been
// left out is looked for as a whole: as early as it may stand, and as late. Where both are one
// place, there it stands for sure; where not, nothing is said.

/**
 * Seen text in order; pieces of one chunk have nothing but signs between their words in the text.
 * @typedef {{ text: string, chunk: number }} Piece
 */

/** What is longer is not looked through. */
const LONGEST = 1_500_000;
/** So many stretches may be unknown to the text before it is given up. */
const MOST_MISSING = 200;

const SIGN =
  /[\s\p{Cc}\p{Cf}!-/:-@[-\x60{-~\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufffb]|[\u{e0000}-\u{e0fff}]/u;
const ENTITY = /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][\da-z]{1,31});/giy;
/** Signs that formatting may leave out beside a word. */
const MARKUP = /[*_~\x60\\[\]]/;

/**
 * The words of a text without the signs between them: `from` and `to` say where each unit of them
 * begins and ends in the text.
 * @typedef {{ text: string, from: number[], to: number[] }} Words
 */

/**
 * @param {string} source
 * @param {((entity: string) => string) | null} [decode] what a named character is
 * @returns {Words}
 */
function words(source, decode = null) {
  const parts = [];
  const from = [];
  const to = [];
  for (let at = 0; at < source.length;) {
    const char = String.fromCodePoint(source.codePointAt(at) ?? 0);
    let written = char;
    let seen = char;
    if (decode && char === "&") {
      ENTITY.lastIndex = at;
      const entity = ENTITY.exec(source)?.[0];
      if (entity) [written, seen] = [entity, decode(entity)];
    }
    for (const one of seen) {
      if (SIGN.test(one)) continue;
      parts.push(one);
      for (let unit = 0; unit < one.length; unit++) {
        const within = written === seen ? unit : 0;
        from.push(at + within);
        to.push(written === seen ? at + within + 1 : at + written.length);
      }
    }
    at += written.length;
  }
  return { text: parts.join(""), from, to };
}

/**
 * Where each stretch stands for sure; -1 where that is not known. Null where the text cannot be
 * what is seen. `missing` counts those it does not have.
 * @param {string[]} stretches
 * @param {string} text
 * @returns {{ places: number[], missing: number } | null}
 */
function places(stretches, text) {
  const early = [];
  let missing = 0;
  for (let from = 0, i = 0; i < stretches.length; i++) {
    const stretch = stretches[i] ?? "";
    const at = text.indexOf(stretch, from);
    early.push(at);
    if (at >= 0) from = at + stretch.length;
    else if (text.includes(stretch) || ++missing > MOST_MISSING) return null;
  }
  const sure = [...early];
  for (let until = text.length, i = stretches.length - 1; i >= 0; i--) {
    if (early[i] === -1) continue;
    const stretch = stretches[i] ?? "";
    const at = until < stretch.length ? -1 : text.lastIndexOf(stretch, until - stretch.length);
    if (at !== early[i]) sure[i] = -1;
    until = at;
  }
  return { places: sure, missing };
}

/** What is seen of one message beside the message as it was written. */
export class Alignment {
  /**
   * @param {string} seen
   * @param {string} raw
   * @param {Int32Array} from where each unit that is seen begins in the message, -1 if unknown
   * @param {Int32Array} to where it ends there
   * @param {Int32Array} stretch the number of its stretch
   */
  constructor(seen, raw, from, to, stretch) {
    this.seen = seen;
    this.raw = raw;
    this.from = from;
    this.to = to;
    this.stretch = stretch;
  }

  /**
   * The part of the message that is seen from `start` to `end`: null where that is not sure.
   * @param {number} start
   * @param {number} end
   * @returns {{ start: number, end: number } | null}
   */
  written(start, end) {
    const isWord = (/** @type {number} */ place) => this.stretch[place] !== -1;
    let first = start;
    while (first < end && !isWord(first)) first++;
    let last = end - 1;
    while (last >= first && !isWord(last)) last--;
    if (first > last) return null;
    let from = this.from[first] ?? -1;
    let to = this.to[last] ?? -1;
    if (from < 0 || to <= from) return null;
    // Signs before and behind that were chosen too, as far as they are written there.
    for (let place = first - 1; place >= start && from > 0;) {
      const char = this.raw[from - 1] ?? "";
      if (this.seen[place] === char && char.trim()) {
        from--;
        place--;
      } else if (MARKUP.test(char) && this.seen.slice(start, place + 1).trim()) {
        // Left out before a word: passed over only if a sign that was chosen stands before it.
        const before = this.raw.slice(0, from).replace(/[*_~\x60\\[\]]+$/, "");
        if (!before.endsWith(this.seen[place] ?? "\n") || !this.seen[place]?.trim()) break;
        from = before.length;
      } else break;
    }
    for (let place = last + 1; place < end && to < this.raw.length;) {
      const char = this.raw[to] ?? "";
      if (this.seen[place] === char && char.trim()) {
        to++;
        place++;
      } else if (MARKUP.test(char)) {
        const behind = this.raw.slice(to).replace(/^[*_~\x60\\[\]]+/, "");
        if (!behind.startsWith(this.seen[place] ?? "\n") || !this.seen[place]?.trim()) break;
        to = this.raw.length - behind.length;
      } else break;
    }
    return { start: from, end: to };
  }

  /**
   * What is seen of a part of the message; null where nothing of it is.
   * @param {number} start
   * @param {number} end
   * @returns {{ start: number, end: number } | null}
   */
  shown(start, end) {
    let first = -1;
    let last = -1;
    for (let place = 0; place < this.from.length; place++) {
      const at = this.from[place] ?? -1;
      if (at < start || at >= end) continue;
      if (first < 0) first = place;
      last = place;
    }
    if (first < 0) return null;
    while (first > 0 && this.#follows(first - 1, start, end, -1)) first--;
    while (this.#follows(last + 1, start, end, 1)) last++;
    return { start: first, end: last + 1 };
  }

  /**
   * Whether a sign beside what is seen of a part belongs to it: the part begins or ends with it.
   * @param {number} place
   * @param {number} start
   * @param {number} end
   * @param {-1 | 1} side
   */
  #follows(place, start, end, side) {
    const char = this.seen[place];
    if (!char?.trim() || this.stretch[place] !== -1) return false;
    return (side < 0 ? this.raw[start] : this.raw[end - 1]) === char;
  }
}

/**
 * What is seen beside the message that it was made from; null where they cannot be put together.
 * @param {Piece[]} pieces
 * @param {string} raw
 * @param {(entity: string) => string} decode
 * @returns {Alignment | null}
 */
export function align(pieces, raw, decode) {
  const seen = pieces.map(({ text }) => text).join("");
  if (raw.length > LONGEST || seen.length > LONGEST) return null;
  /** @type {{ text: string, at: number[] }[]} */
  const stretches = [];
  let chunk = Number.NaN;
  let offset = 0;
  for (const piece of pieces) {
    const { text, from } = words(piece.text);
    if (text && piece.chunk !== chunk) {
      chunk = piece.chunk;
      stretches.push({ text: "", at: [] });
    }
    const stretch = stretches.at(-1);
    if (text && stretch) {
      stretch.text += text;
      for (const at of from) stretch.at.push(offset + at);
    }
    offset += piece.text.length;
  }
  const texts = stretches.map(({ text }) => text);
  let best = null;
  for (const way of [null, decode]) {
    if (best && (!best.missing || !raw.includes("&"))) break;
    const written = words(raw, way);
    const spots = places(texts, written.text);
    if (spots && (!best || spots.missing < best.missing)) best = { ...spots, written };
  }
  if (!best) return null;
  const from = new Int32Array(seen.length).fill(-1);
  const to = new Int32Array(seen.length).fill(-1);
  const number = new Int32Array(seen.length).fill(-1);
  for (const [i, { at }] of stretches.entries()) {
    const spot = best.places[i] ?? -1;
    for (const [k, place] of at.entries()) {
      number[place] = i;
      if (spot < 0) continue;
      from[place] = best.written.from[spot + k] ?? -1;
      to[place] = best.written.to[spot + k] ?? -1;
    }
  }
  return new Alignment(seen, raw, from, to, number);
}

/**
 * How many characters a text has before a place, as the server counts them.
 * @param {string} text
 * @param {number} units a place as scripts count
 */
export function codePoints(text, units) {
  let count = 0;
  for (let at = 0; at < units; count++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return count;
}

/**
 * The place as scripts count of a place as the server counts.
 * @param {string} text
 * @param {number} points
 */
export function codeUnits(text, points) {
  let at = 0;
  for (let left = points; left > 0 && at < text.length; left--) {
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  return at;
}
