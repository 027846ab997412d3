// SPDX-License-Identifier: Apache-2.0
// What the forms of plans and places share: a field for degrees, and an outcome in words.

import { words } from "../../i18n/map";
import type { Outcome } from "../../state/plans";

export function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case "done": return "";
    case "conflict": return words.planConflict;
    case "large": return words.planLarge;
    case "unread": return words.planUnread;
    case "refused": return words.notSaved(outcome.why);
  }
}

export function NumberField({ label, value, most, onValue }: { label: string; value: number; most: number; onValue: (v: number) => void }) {
  return (
    <label class="map-field">{label}
      <input type="number" required step="any" min={-most} max={most} value={value}
        onChange={(event) => {
          const v = event.currentTarget.valueAsNumber;
          if (Number.isFinite(v) && Math.abs(v) <= most) onValue(v);
        }} />
    </label>
  );
}
