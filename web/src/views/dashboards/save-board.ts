// SPDX-License-Identifier: Apache-2.0
import { fileName, save } from "../download";

/** Hands a dashboard to the browser to save as a file. */
export function saveBoard(body: object, title: string): void {
  save(new Blob([`${JSON.stringify(body, null, 2)}\n`], { type: "application/json" }), fileName([title], "json"));
}
