// SPDX-License-Identifier: Apache-2.0
// Waiting for things to happen, always with a deadline and the name of what did not.
export const PATIENCE_MS = process.env.TELLTALE_BUILD?.match(/address|thread/) ? 30_000 : 15_000;

// The promise's value, or an error that names what was waited for.
export function within(promise, what, ms = PATIENCE_MS) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${ms} ms for ${what}`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

// Asks `question` again and again until its answer is not false, null or undefined, which is then
// the result. An exception counts as "not yet" and is told when time is up.
export async function until(question, what, ms = PATIENCE_MS) {
  const end = Date.now() + ms;
  let trouble = '';
  for (;;) {
    try {
      const answer = await question();
      if (answer !== false && answer !== null && answer !== undefined) return answer;
      trouble = '';
    } catch (error) {
      trouble = `: ${error.message}`;
    }
    if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}${trouble}`);
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
}

// Collects the events `names` of an emitter in order of arrival as { name, args, at }, and lets a
// test wait for one of them, the past included.
export class Recorder {
  constructor(emitter, names) {
    this.events = [];
    this.waiting = new Set();
    for (const name of names) emitter.on(name, (...args) => this.#take({ name, args, at: Date.now() }));
  }

  #take(event) {
    this.events.push(event);
    for (const look of [...this.waiting]) look();
  }

  of(name) {
    return this.events.filter((event) => event.name === name);
  }

  // The first event `name` for which `wanted(...args)` holds.
  next(name, wanted = () => true, ms = PATIENCE_MS) {
    return this.when(() => this.of(name).find((event) => wanted(...event.args)), `event ${name}`, ms);
  }

  // Resolves with the first answer of `question()` that is true, asked after each event.
  when(question, what, ms = PATIENCE_MS) {
    return within(new Promise((resolve) => {
      const look = () => {
        const answer = question();
        if (answer) {
          this.waiting.delete(look);
          resolve(answer);
        }
      };
      this.waiting.add(look);
      look();
    }), what, ms);
  }
}
