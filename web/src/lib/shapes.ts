// SPDX-License-Identifier: Apache-2.0
// The status and severity shapes, drawn by us on a field of 12 by 12, for SVG and canvas alike.

export type GlyphName =
  | "online" | "offline" | "asleep" | "unknown" | "critical" | "warning" | "info"
  | "critical-held" | "warning-held" | "info-held" | "stale" | "check" | "muted" | "note" | "pending";

/** A filled path, or a stroked one where `width` is given. */
export interface Part {
  readonly d: string;
  readonly width?: number;
  readonly dash?: readonly number[];
}

const ring = "M6 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9z";
const tick = "M3.9 6.4 5.4 7.9 8.2 4.8";

export const shapes: Readonly<Record<GlyphName, readonly Part[]>> = {
  online: [{ d: ring }],
  offline: [{ d: ring, width: 1.6 }, { d: "M3.4 8.6 8.6 3.4", width: 1.6 }],
  asleep: [{ d: "M5.2 1.3A4.8 4.8 0 1 0 10.7 7.6A4.1 4.1 0 0 1 5.2 1.3z" }],
  unknown: [
    { d: ring, width: 1.3, dash: [1.9, 0.93] },
    { d: "M4.8 4.9A1.25 1.25 0 1 1 6.5 6.05C6.1 6.25 6 6.45 6 6.9", width: 1.1 },
    { d: "M6 8.7a.7.7 0 1 1 0-1.4a.7.7 0 1 1 0 1.4z" },
  ],
  critical: [{ d: "M6 .6 11.4 6 6 11.4 .6 6z" }],
  warning: [{ d: "M6 1 11.6 10.8H.4z" }],
  info: [{ d: "M2.2 1h7.6A1.2 1.2 0 0 1 11 2.2v7.6A1.2 1.2 0 0 1 9.8 11H2.2A1.2 1.2 0 0 1 1 9.8V2.2A1.2 1.2 0 0 1 2.2 1zM5.2 5.2v3.8h1.6V5.2zM5.2 2.8v1.5h1.6V2.8z" }],
  "critical-held": [{ d: "M6 1.2 10.8 6 6 10.8 1.2 6z", width: 1.2 }, { d: "M4.3 6.1 5.6 7.4 7.8 4.9", width: 1.2 }],
  "warning-held": [{ d: "M6 1.6 10.9 10.4H1.1z", width: 1.2 }, { d: "M4.2 7.6 5.5 8.9 7.8 6.3", width: 1.2 }],
  "info-held": [{ d: "M2 1.8h8v8.4H2z", width: 1.2 }, { d: tick, width: 1.2 }],
  stale: [{ d: ring, width: 1.3 }, { d: "M6 3.4V6L7.7 7.2", width: 1.3 }],
  muted: [{ d: "M2.6 8.6h6.8M3.5 8.3V5.3a2.5 2.5 0 0 1 5 0v3M5.2 10.4h1.6M1.6 1.4l8.8 9.2", width: 1.2 }],
  note: [{ d: "M6 3.4a2.6 2.6 0 1 1 0 5.2a2.6 2.6 0 1 1 0-5.2z" }],
  pending: [{ d: ring, width: 1.3 }, { d: "M6 1.5a4.5 4.5 0 0 0 0 9z" }],
  check: [{ d: "M2 6.3 4.9 9.2 10.2 3.2", width: 1.6 }],
};
