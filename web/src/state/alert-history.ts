// SPDX-License-Identifier: Apache-2.0
// The alerts of the past days, page after page, for what counts them.

import { signal } from "@preact/signals";
import { problemText } from "../lib/problem";
import { fetchAlertPage } from "../net/alert-pages";
import { mostAlerts, takeAlerts } from "./alerts";

const historyPage = 1000;

/** From when on every alert is held; until it was asked for, from now on. */
export const historyFrom = signal(Infinity);
export const historyProblem = signal<string | null>(null);

/** What began at `from` or later, as far as this page can hold it. */
export async function loadHistory(from: number): Promise<void> {
  historyProblem.value = null;
  let after: string | null = null;
  try {
    for (let seen = 0; seen < mostAlerts; seen += historyPage) {
      const page = await fetchAlertPage("all", historyPage, after);
      takeAlerts(page.alerts);
      after = page.next;
      const oldest = page.alerts[page.alerts.length - 1]?.createdAt ?? 0;
      historyFrom.value = after === null ? 0 : oldest;
      if (after === null || oldest < from) return;
    }
  } catch (error) {
    historyProblem.value = problemText(error);
  }
}
