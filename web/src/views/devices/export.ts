// SPDX-License-Identifier: Apache-2.0
// Rows of the table as a file.

import { csvField } from "../../charts/csv";
import { deviceOf, readingOf } from "../../state/fleet";
import { fileName, save } from "../download";
import type { Column } from "./columns";

function tableCsv(ids: readonly string[], columns: readonly Column[]): string {
  const sensors = columns.flatMap((c) => c.sensor ?? []);
  const rows = [["id", "name", "status", "model", "place", "tags", "last_seen_utc", ...sensors].map(csvField).join(",")];
  for (const id of ids) {
    const d = deviceOf(id);
    if (!d) continue;
    const values = sensors.map((s) => String(readingOf(d.id, s)?.v ?? ""));
    rows.push([d.id, d.name, d.status, d.model, d.place ?? "", d.tags.join(" "), d.lastSeen > 0 ? new Date(d.lastSeen).toISOString() : "", ...values].map(csvField).join(","));
  }
  return `${rows.join("\n")}\n`;
}

export function exportTable(ids: readonly string[], columns: readonly Column[]): void {
  save(new Blob([tableCsv(ids, columns)], { type: "text/csv" }), fileName(["devices"], "csv"));
}
