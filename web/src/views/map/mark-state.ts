// SPDX-License-Identifier: Apache-2.0
// How a mark is: the worst of its devices, and how many are as bad.

import type { GlyphName } from "../../lib/shapes";
import { severityRank, type Shown } from "../../state/alerts";
import type { Mark } from "../../state/area";
import type { Device } from "../../net/wire";

const statusRank = { offline: 3, unknown: 2, asleep: 1, online: 0 } as const;

export type Worst = ReadonlyMap<string, Shown>;

export interface MarkState {
  readonly glyph: GlyphName;
  /** Above `well`: it wants attention. */
  readonly rank: number;
  readonly affected: number;
}

export const well = 1;

/** The server knows the severity; that somebody has the alert is known of single devices here. */
export function stateOf(mark: Mark, worst: Worst): MarkState {
  const { severity, status, affected } = mark;
  if (severity === null) return { glyph: status, rank: statusRank[status], affected };
  const held = mark.id !== null && worst.get(mark.id)?.acknowledged === true && worst.get(mark.id)?.severity === severity;
  return { glyph: held ? `${severity}-held` : severity, rank: severityRank[severity] * 10 + (held ? 0 : 5) + statusRank[status], affected };
}

/** The same for several: of those with the worst glyph the numbers are added. */
export function worstState(states: readonly MarkState[]): MarkState {
  const head = states.reduce((a, b) => (b.rank > a.rank ? b : a));
  const affected = states.reduce((sum, s) => (s.glyph === head.glyph ? sum + s.affected : sum), 0);
  return { ...head, affected };
}

/** A device of which only a mark is known, in the shape of those of the fleet. */
export function deviceOfMark(mark: Mark): Device {
  return {
    id: mark.id ?? "", name: mark.name, model: "", status: mark.status, cause: "", since: 0, lastSeen: 0,
    location: { lat: mark.north, lng: mark.east }, place: null, tags: [], attributes: [], sensors: [],
  };
}

/** The mark of a device, for the time in which no server can be asked. */
export function markOfDevice(d: Device, n: number, worst: Worst): Mark {
  const { lat, lng } = d.location ?? { lat: 0, lng: 0 };
  return {
    n, id: d.id, name: d.name, south: lat, north: lat, west: lng, east: lng, count: 1, status: d.status,
    severity: worst.get(d.id)?.severity ?? null, affected: 1,
  };
}
