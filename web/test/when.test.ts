// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { setZone, zoneOffset } from "../src/lib/format";
import { parseSpan, spanName } from "../src/lib/span";
import { parseStretch } from "../src/lib/when";

const hour = 3_600_000;
const day = 24 * hour;
const now = Date.UTC(2026, 10, 24, 14, 2, 11);

test("spans are numbers with a unit, in words or letters", () => {
  assert.deepEqual(["90m", "6h", "1.5 h", "2 days", "1y", "30 Min", "3 Tage"].map(parseSpan), [90 * 60_000, 6 * hour, 1.5 * hour, 2 * day, 365 * day, 30 * 60_000, 3 * day]);
  assert.deepEqual(["", "6", "0h", "-1h", "6 parsecs"].map(parseSpan), [null, null, null, null, null]);
  for (const span of [1000, 90_000, 6 * hour, 7 * day]) assert.equal(parseSpan(spanName(span)), span);
});

test("what people type becomes a range", () => {
  setZone("UTC");
  const at = (...p: [number, number, number, number?, number?]) => Date.UTC(...p);
  assert.deepEqual(parseStretch("6h", now), { from: now - 6 * hour, to: null });
  assert.deepEqual(parseStretch("last 90 min", now), { from: now - 90 * 60_000, to: null });
  assert.deepEqual(parseStretch("now-90m", now), { from: now - 90 * 60_000, to: null });
  assert.deepEqual(parseStretch("now-90m to now-30m", now), { from: now - 90 * 60_000, to: now - 30 * 60_000 });
  assert.deepEqual(parseStretch("yesterday", now), { from: at(2026, 10, 23), to: at(2026, 10, 24) });
  assert.deepEqual(parseStretch("today", now), { from: at(2026, 10, 24), to: null });
  assert.deepEqual(parseStretch("3 May 14:00", now), { from: at(2026, 4, 3, 13, 30), to: at(2026, 4, 3, 14, 30) });
  assert.deepEqual(parseStretch("3 May 14:00 to 4 May 2:30", now), { from: at(2026, 4, 3, 14), to: at(2026, 4, 4, 2, 30) });
  assert.deepEqual(parseStretch("2026-05-03 to 2026-05-04", now), { from: at(2026, 4, 3), to: at(2026, 4, 5) });
  assert.deepEqual(parseStretch("yesterday 8:00 to yesterday 9:15", now), { from: at(2026, 10, 23, 8), to: at(2026, 10, 23, 9, 15) });
  assert.deepEqual(parseStretch("3. M\u00e4rz bis 5. M\u00e4rz", now), { from: at(2026, 2, 3), to: at(2026, 2, 6) });
});

test("what is no range is refused", () => {
  for (const text of ["", "x", "yesterday to 3 May", "25:00", "40 May", "now+1h", "5 to 6", "<b>", "now-"]) assert.equal(parseStretch(text, now), null, text);
});

test("a day is the zone's own, also when summer time ends in it", () => {
  setZone("Europe/Berlin");
  assert.equal(zoneOffset(Date.UTC(2026, 6, 1)), 2 * hour);
  assert.equal(zoneOffset(Date.UTC(2026, 11, 1)), hour);
  const stretch = parseStretch("2026-10-25", now);
  assert.deepEqual(stretch?.from, Date.UTC(2026, 9, 24, 22));
  assert.deepEqual(parseStretch("2026-10-25 12:00 to 2026-10-25 13:00", now), { from: Date.UTC(2026, 9, 25, 11), to: Date.UTC(2026, 9, 25, 12) });
  setZone(undefined);
});
