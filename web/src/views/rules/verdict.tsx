// SPDX-License-Identifier: Apache-2.0
// What an edit changes against the saved rule, and whether people would still read what it tells.

import { BellRing } from "lucide-preact";
import { tools } from "../../i18n/tools";
import { formatCount } from "../../lib/format";
import type { Backtest } from "../../net/wire";

/** More than this a day and device, and people stop reading. */
const tooMany = 10;

export function Against({ saved, more, fewer, shows, onShow }: { saved: string; more: number; fewer: number; shows: boolean; onShow: () => void }) {
  const words = tools.rules;
  const count = (sign: string, n: number): string => (n === 0 ? "0" : `${sign}${formatCount(n)}`);
  return (
    <section class="card rule-card" aria-labelledby="against">
      <h2 id="against">{words.againstSaved} <span class="quiet">{saved}</span></h2>
      <p class="against"><b>{count("+", more)}</b> {words.moreWord} <b>{count("\u2212", fewer)}</b> {words.fewerWord}
        {more > 0 && <button type="button" class="link" aria-pressed={shows} onClick={onShow}>{shows ? words.showAll : words.showThese(more)}</button>}</p>
    </section>
  );
}

/** The most that one device would have told in a day of its own. */
export function busiest(result: Backtest, days: number): number {
  const counts = new Map<string, number>();
  for (const f of result.firings) counts.set(f.device, (counts.get(f.device) ?? 0) + 1);
  return Math.max(0, ...counts.values()) / days;
}

export function HowOften({ result, days }: { result: Backtest; days: number }) {
  const words = tools.rules;
  const most = busiest(result, days);
  const told = (n: number): string => (n < 1 ? words.lessThanOne : formatCount(Math.round(n)));
  return (
    <section class="card rule-card how-often" aria-label={words.howOften}>
      <BellRing size={18} aria-hidden="true" />
      <p class={most > tooMany ? "problem" : undefined} role={most > tooMany ? "alert" : undefined}>{words.perDay(told(result.count / days), told(most))} {most > tooMany ? words.tooMany(Math.round(most)) : words.tooManyRule(tooMany)}</p>
    </section>
  );
}
