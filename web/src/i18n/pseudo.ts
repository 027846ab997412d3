// SPDX-License-Identifier: Apache-2.0
// A language that nobody speaks, made from the English one, for tests: each letter has an accent, so that
// words which come from nowhere are seen; all is four tenths longer, so that what does not fit is; and it
// runs from right to left. Never offered: `{"language":"pseudo"}` under `telltale.display` in the browser's
// storage chooses it.

const accents: Readonly<Record<string, string>> = Object.fromEntries([..."aàbƀcćdđeéfƒgĝhĥiîjĵkķlłmɱnñoöpþqɋrřsštŧuûvṽwŵxẋyýzžAÀBƁCĆDĐEÉFƑGĜHĤIÎJĴKĶLŁMṀNÑOÖPÞQɊRŘSŠTŦUÛVṼWŴXẊYÝZŽ"]
  .flatMap((letter, i, all) => (i % 2 === 0 ? [[letter, all[i + 1] ?? letter]] : [])));
const filler = "ëẋŧřà ";
const longer = 0.4;

export function accented(text: string): string {
  const letters = text.replace(/[a-z]/gi, (letter) => accents[letter] ?? letter);
  const words = text.replace(/[^a-z]/gi, "").length;
  return words < 2 ? letters : `${letters} ${filler.repeat(Math.ceil(text.length * longer / filler.length)).slice(0, Math.max(1, Math.round(text.length * longer) - 1)).trim()}`;
}

/** The same catalogue in that language; what a sentence says of data is accented with it. */
export function pseudo<T>(words: T): T {
  if (typeof words === "string") return accented(words) as T;
  if (typeof words === "function") return ((...args: readonly unknown[]) => pseudo((words as unknown as (...a: readonly unknown[]) => unknown)(...args))) as T;
  if (Array.isArray(words)) return words.map(pseudo) as T;
  if (typeof words !== "object" || words === null) return words;
  return Object.fromEntries(Object.entries(words).map(([key, value]) => [key, pseudo<unknown>(value)])) as T;
}
