// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import test from "node:test";
import { converterOf, families } from "../src/lib/unit-table";
import { formatShown, formatValue } from "../src/lib/format";
import { converter, setConverter, shownDecimals, shownUnit, toShown } from "../src/lib/units";
import { matches, parseQuery } from "../src/state/query";
import { device } from "../src/net/decode";
import { readDisplay } from "../src/state/display";
import { Drawn } from "../src/state/drawn";
import { limitText } from "../src/views/alert-text";

function preferring(units: Readonly<Record<string, string>>, body: () => void): void {
  setConverter(converterOf(units));
  try {
    body();
  } finally {
    setConverter(null);
  }
}

const toStored = (v: number, unit: string): number => converter?.stored.limit(v, unit) ?? v;
const shownLimit = (v: number, unit: string): number => converter?.limit(v, unit) ?? v;
const shownDistance = (v: number, unit: string): number => converter?.distance(v, unit) ?? v;
const storedDistance = (v: number, unit: string): number => converter?.stored.distance(v, unit) ?? v;

test("without a preference every value is shown as it is stored", () => {
  assert.equal(formatValue(22.5, 1, "°C"), "22.5\u202f°C");
  assert.equal(toShown(22.5, "°C"), 22.5);
  assert.equal(toStored(22.5, "°C"), 22.5);
});

test("known pairs of values convert", () => {
  const pairs: readonly (readonly [Readonly<Record<string, string>>, number, string, number])[] = [
    [{ temperature: "°F" }, 100, "°C", 212], [{ temperature: "°F" }, -40, "°C", -40], [{ temperature: "°C" }, 212, "°F", 100], [{ temperature: "K" }, 0, "°C", 273.15],
    [{ temperature: "K" }, 32, "°F", 273.15], [{ pressure: "psi" }, 1, "bar", 14.503774], [{ pressure: "inHg" }, 1013.25, "hPa", 29.921], [{ pressure: "hPa" }, 101325, "Pa", 1013.25],
    [{ speed: "km/h" }, 10, "m/s", 36], [{ speed: "kn" }, 1.852, "km/h", 1], [{ distance: "mi" }, 1.609344, "km", 1], [{ depth: "in" }, 25.4, "mm", 1], [{ length: "ft" }, 0.3048, "m", 1],
    [{ energy: "kWh" }, 3.6, "MJ", 1], [{ energy: "J" }, 1, "Wh", 3600], [{ flow: "L/min" }, 0.06, "m³/h", 1], [{ volume: "L" }, 1, "m³", 1000], [{ mass: "lb" }, 0.45359237, "kg", 1],
  ];
  for (const [units, stored, unit, shown] of pairs) {
    preferring(units, () => assert.ok(Math.abs(toShown(stored, unit) - shown) < 1e-3 * Math.max(1, Math.abs(shown)) / 10, `${stored} ${unit} is ${toShown(stored, unit)}, not ${shown}`));
  }
});

test("what is shown already stays as it is", () => {
  for (const [family, units] of Object.entries(families)) {
    for (const [unit] of units) {
      preferring({ [family]: unit }, () => {
        assert.equal(toShown(1.5, unit), 1.5, unit);
        for (const [from] of units) assert.equal(shownUnit(shownUnit(from)), unit);
      });
    }
  }
});

test("a number that is typed reads back as it was typed, from and to every unit", () => {
  for (const [family, units] of Object.entries(families)) {
    for (const [to] of units) {
      for (const [from] of units) {
        preferring({ [family]: to }, () => {
          for (const typed of [0, 1, -15.5, 86.5, 0.001, 1013.25, 30.06, 123456.7]) {
            assert.equal(shownLimit(toStored(typed, from), from), typed, `${typed} ${to} kept in ${from}`);
            assert.equal(shownDistance(storedDistance(typed, from), from), typed, `a distance of ${typed} ${to} kept in ${from}`);
          }
        });
      }
    }
  }
});

test("a hysteresis is a distance: no zero is shifted", () => {
  preferring({ temperature: "°F" }, () => {
    assert.equal(shownDistance(2, "°C"), 3.6);
    assert.equal(storedDistance(9, "°C"), 5);
  });
});

test("decimals follow the size of the unit, and are never more than four", () => {
  preferring({ pressure: "bar", temperature: "°F" }, () => {
    assert.equal(shownDecimals(1, "hPa"), 4);
    assert.equal(shownDecimals(0, "Pa"), 4);
    assert.equal(shownDecimals(1, "°C"), 1);
    assert.equal(formatValue(1013.2, 1, "hPa"), "1.0132\u202fbar");
  });
  preferring({ pressure: "Pa" }, () => assert.equal(formatValue(1013.25, 2, "hPa"), "101,325\u202fPa"));
});

test("a value is formatted the same from its stored unit and from the shown one", () => {
  preferring({ temperature: "°F" }, () => {
    assert.equal(formatValue(22.5, 1, "°C"), "72.5\u202f°F");
    assert.equal(formatValue(72.5, 1, "°F"), "72.5\u202f°F");
    assert.equal(formatShown(null, 1, "°C"), "\u2013");
    assert.equal(formatValue(50, 0, "%"), "50\u202f%");
  });
});

test("other spellings of a unit are the same unit", () => {
  preferring({ temperature: "°C", pressure: "hPa" }, () => {
    assert.equal(formatValue(212, 0, "℉"), "100\u202f°C");
    assert.equal(formatValue(1013, 0, "mbar"), "1,013\u202fhPa");
    assert.equal(formatValue(21.5, 1, "celsius"), "21.5\u202f°C");
  });
});

test("a preference that is no unit converts nothing", () => {
  assert.equal(converterOf({ temperature: "bar", nonsense: "°C", constructor: "x", pressure: 7, speed: null }), null);
  assert.deepEqual(readDisplay('{"units":{"temperature":"°F"}}').units, { temperature: "°F" });
  assert.deepEqual(readDisplay('{"units":null}').units, {});
});

test("limits of alerts are said in the unit that is shown", () => {
  preferring({ temperature: "°F" }, () => {
    assert.equal(limitText(30, "°C"), "86\u202f°F");
    assert.equal(limitText(30.2777777778, "°C"), "86.5\u202f°F");
  });
});

test("a search counts in the unit that is shown", () => {
  const d = device({ id: "a", sensors: [{ id: "temperature", unit: "°C" }] });
  assert.ok(d);
  preferring({ temperature: "°F" }, () => {
    const facts = { worst: () => undefined, value: () => toShown(25, "°C"), now: 0 };
    const finds = (q: string): boolean => matches(d, parseQuery(q), facts);
    assert.ok(finds("temperature:>76"));
    assert.ok(!finds("temperature:>78"));
    assert.ok(finds("temperature:>76,5") && !finds("temperature:>"));
  });
});

test("what is drawn converts as a whole, and its breaks stay", () => {
  const d = new Drawn();
  d.begin(0, 100, 4);
  d.point(1, 10, 30, 20, 2);
  d.gap(50);
  d.point(50, 40, 40, 40, 1);
  d.finish(100, Infinity);
  preferring({ temperature: "°F" }, () => converter?.drawn(d, "°C"));
  assert.deepEqual([d.mean[0], d.min[0], d.max[0]], [68, 50, 86]);
  assert.ok(Number.isNaN(d.mean[1]) && Number.isNaN(d.max[2]));
  assert.deepEqual([d.low, d.high, d.last], [50, 104, 104]);
});
