// What changed between two texts, word by word, as labeling/rendering/difference.py has it; here it
// is shown while somebody writes. White space alone changes nothing.

// Scripts without spaces; then marks, of which the apostrophe is none.
const SINGLE = "\\u0e00-\\u0e7f\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff";
const MARKS =
  "!-&(-/:-@\\[-\\u0060{-~\\u00a1\\u00ab\\u00b7\\u00bb\\u00bf\\u2010-\\u2018\\u201a-\\u205e\\u3001-\\u303f";
const WORD = new RegExp(
  "([" + SINGLE + "]|[^\\s" + SINGLE + MARKS + "]+|[" + MARKS + "])(\\s*)",
  "g",
);
const MARK = new RegExp("^[" + MARKS + "]");

/** Steps of the search for what stayed; beyond them the middle is removed and added as a whole. */
const MOST_STEPS = 400000;

/**
 * A word with the white space behind it.
 * @typedef {{ word: string, space: string }} Token
 *
 * Some words next to each other: `same`, `removed` or `added`.
 * @typedef {{ kind: "same" | "removed" | "added", text: string, words: number }} Change
 */

/**
 * @param {string} text
 * @returns {Token[]}
 */
function tokens(text) {
  return [...text.matchAll(WORD)].map(([, word = "", space = ""]) => ({ word, space }));
}

/**
 * How many words a text has; marks of punctuation are none.
 * @param {string} text
 */
export function countWords(text) {
  return tokens(text).filter(({ word }) => !MARK.test(word)).length;
}

/**
 * What stayed, was removed and was added, in order.
 * @param {string} before
 * @param {string} after
 * @returns {Change[]}
 */
export function wordChanges(before, after) {
  const [old, now] = [tokens(before), tokens(after)];
  const lead = /^\s*/.exec(after)?.[0] ?? "";
  /** @type {Change[]} */
  const changes = lead ? [{ kind: "same", text: lead, words: 0 }] : [];
  /** @type {(kind: Change["kind"], run: Token[]) => void} */
  const add = (kind, run) => {
    if (!run.length) return;
    const text = run.map(({ word, space }) => word + space).join("");
    changes.push({ kind, text, words: run.filter(({ word }) => !MARK.test(word)).length });
  };
  let [i, j] = [0, 0];
  /** @type {Token[]} */
  let same = [];
  for (const [at, to] of [...kept(old, now), /** @type {Pair} */ ([old.length, now.length])]) {
    if (at > i || to > j) {
      add("same", same);
      same = [];
    }
    add("removed", old.slice(i, at));
    add("added", now.slice(j, to));
    const token = now[to];
    if (token) same.push(token);
    [i, j] = [at + 1, to + 1];
  }
  add("same", same);
  return changes;
}

/** @typedef {[at: number, to: number]} Pair the places of a word in both texts */

/**
 * Which words stayed, ascending.
 * @param {Token[]} old
 * @param {Token[]} now
 * @returns {Pair[]}
 */
function kept(old, now) {
  const shorter = Math.min(old.length, now.length);
  let start = 0;
  while (start < shorter && old[start]?.word === now[start]?.word) start++;
  let end = 0;
  while (end < shorter - start && old.at(-1 - end)?.word === now.at(-1 - end)?.word) end++;
  const a = old.slice(start, old.length - end).map(({ word }) => word);
  const b = now.slice(start, now.length - end).map(({ word }) => word);
  /** @type {Pair[]} */
  const pairs = Array.from({ length: start }, (_, place) => [place, place]);
  for (const [at, to] of search(a, b)) pairs.push([start + at, start + to]);
  for (let n = 0; n < end; n++) pairs.push([old.length - end + n, now.length - end + n]);
  return pairs;
}

/**
 * The most words that can have stayed (Myers 1986); none where that takes too long to find.
 * @param {string[]} a
 * @param {string[]} b
 * @returns {Pair[]}
 */
function search(a, b) {
  if (!a.length || !b.length) return [];
  /** @type {Map<number, number>} */
  const reached = new Map([[1, 0]]);
  /** @type {Map<number, number>[]} */
  const trace = [];
  let steps = 0;
  for (let d = 0; d <= a.length + b.length && steps <= MOST_STEPS; d++) {
    trace.push(new Map(reached));
    for (let k = -d; k <= d; k += 2) {
      let x = goesDown(reached, k, d) ? at(reached, k + 1) : at(reached, k - 1) + 1;
      const began = x;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      reached.set(k, x);
      steps += 4 + x - began;
      if (x >= a.length && x - k >= b.length) return walkBack(trace, a.length, b.length);
    }
  }
  return [];
}

/**
 * @param {Map<number, number>} reached
 * @param {number} k
 */
function at(reached, k) {
  return reached.get(k) ?? 0;
}

/**
 * @param {Map<number, number>} reached
 * @param {number} k
 * @param {number} d
 */
function goesDown(reached, k, d) {
  return k === -d || (k !== d && at(reached, k - 1) < at(reached, k + 1));
}

/**
 * @param {Map<number, number>[]} trace
 * @param {number} x
 * @param {number} y
 * @returns {Pair[]}
 */
function walkBack(trace, x, y) {
  /** @type {Pair[]} */
  const pairs = [];
  for (let d = trace.length - 1; d >= 0; d--) {
    const reached = trace[d] ?? new Map();
    const k = x - y;
    const fromK = goesDown(reached, k, d) ? k + 1 : k - 1;
    const fromX = at(reached, fromK);
    const fromY = fromX - fromK;
    while (x > Math.max(fromX, 0) && y > Math.max(fromY, 0)) {
      x--;
      y--;
      pairs.push([x, y]);
    }
    [x, y] = [fromX, fromY];
  }
  return pairs.reverse();
}
