// SPDX-License-Identifier: Apache-2.0
// Status and severity as shapes: shape first, then the word, then colour.

import { shapes, type GlyphName } from "../lib/shapes";
import type { Shown } from "../state/alerts";
import { say } from "../i18n/say";

/** A status or severity shape in its colour. It is named unless a word stands beside it. */
export function Glyph({ name, size = 12, label }: { name: GlyphName; size?: number; label?: string }) {
  const named = label === undefined ? { "aria-hidden": true as const } : { role: "img" as const, "aria-label": label };
  return (
    <svg class={`glyph glyph-${name}`} width={size} height={size} viewBox="0 0 12 12" {...named}>
      {shapes[name].map((part) => part.width === undefined
        ? <path key={part.d} d={part.d} fill="currentColor" fill-rule="evenodd" />
        : <path key={part.d} d={part.d} fill="none" stroke="currentColor" stroke-width={part.width}
            stroke-linecap={part.dash ? "butt" : "round"} stroke-linejoin="round" stroke-dasharray={part.dash?.join(" ")} />)}
    </svg>
  );
}

export function alertGlyph(a: Pick<Shown, "severity" | "acknowledged">): GlyphName {
  return a.acknowledged ? `${a.severity}-held` : a.severity;
}

/** The severity with its glyph: filled while nobody has it, outlined once somebody has. */
export function SeverityBadge({ alert }: { alert: Pick<Shown, "severity" | "acknowledged" | "resolved"> }) {
  const held = alert.acknowledged || alert.resolved;
  return (
    <span class={`badge badge-${alert.severity}${held ? " badge-held" : ""}`}>
      <Glyph name={alertGlyph(alert)} />
      {say.severity[alert.severity]}
      {alert.acknowledged && <span class="visually-hidden">, {say.acknowledgedWord}</span>}
    </span>
  );
}

