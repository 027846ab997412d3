// SPDX-License-Identifier: Apache-2.0
// What must I act on? The sentence and the counts, then the open alerts; beside them what is over, the rules, and who is told.

import { BellOff } from "lucide-preact";
import { useEffect } from "preact/hooks";
import { tools } from "../../i18n/tools";
import { formatCount, formatSpan } from "../../lib/format";
import type { Severity } from "../../net/wire";
import { openAlerts, pendingAlerts, recentAlerts, type Shown } from "../../state/alerts";
import { now } from "../../state/clock";
import { loadRuleBodies, ruleCount } from "../../state/rule-bodies";
import { activeSilences, loadSilences } from "../../state/silences";
import { Hindrance } from "../acknowledge";
import { openTab, TabPanel, Tabs } from "../device/tabs";
import { Glyph } from "../glyph";
import { RulesList } from "../rules/rules-list";
import { ChannelsTab } from "./channels";
import { Noisiest } from "./noisiest";
import { OpenList } from "./open-list";
import { OpenRow } from "./open-row";
import { PushOffer } from "./push-offer";
import { Resolved } from "./resolved";
import { EndingSilences, SilencesList } from "./silences";
import { isSnoozed } from "./snoozed";

const mostRows = 200;
const lanesHere = 5;
const lanesThere = 60;
const nothing = (): void => undefined;

function Pending() {
  const pending = pendingAlerts.value;
  if (pending.length === 0) return null;
  return (
    <section class="card alerts-card" aria-labelledby="pending">
      <header class="card-head"><h2 id="pending">{tools.alerting.pending}</h2><span class="quiet">{tools.alerting.pendingWords}</span></header>
      <ul class="alert-rows">{pending.slice(0, mostRows).map((a) => <OpenRow key={a.id} alert={a} withSpark={false} muted={0} open={false} onOpen={nothing} />)}</ul>
    </section>
  );
}

function History() {
  const done = recentAlerts.value.filter((a) => a.resolved).slice(0, mostRows);
  return (
    <>
      <Noisiest most={lanesThere} link={false} />
      {done.length === 0 ? <p class="empty card">{tools.alerting.noHistory}</p> : <Resolved done={done} />}
    </>
  );
}

const waits = (a: Shown): boolean => !a.acknowledged && !isSnoozed(a) && a.muted !== "inhibited";

/** How long the oldest has waited, and the critical one where it is another. */
function waiting(list: readonly Shown[]): string {
  const oldest = list.reduce((t, a) => Math.min(t, a.createdAt), Infinity);
  const critical = list.filter((a) => a.severity === "critical").reduce((t, a) => Math.min(t, a.createdAt), Infinity);
  const span = (t: number): string => formatSpan(now.value - t);
  if (list.length === 0) return tools.alerting.nobodyWaits;
  return tools.alerting.waited(span(oldest), Number.isFinite(critical) && critical !== oldest ? span(critical) : null);
}

function Head() {
  const open = openAlerts.value;
  const wait = open.filter(waits);
  const severities: readonly Severity[] = ["critical", "warning", "info"];
  const count = (s: Severity): number => open.filter((a) => a.severity === s).length;
  const snoozed = open.filter(isSnoozed).length;
  return (
    <div class="head alerts-head">
      <div><h1>{tools.alerting.headline(wait.length, open.length)}</h1><p class="lead">{open.length === 0 ? tools.alerting.nothing : waiting(wait)}</p></div>
      <ul class="alert-counts" tabIndex={0} aria-label={tools.alerting.counts}>
        {severities.map((s) => <li key={s} class={count(s) === 0 ? "none" : undefined}><Glyph name={s} size={14} /><b>{formatCount(count(s))}</b> {tools.alerting.countWords(s, count(s))}</li>)}
        <li class={snoozed === 0 ? "none" : undefined}><BellOff size={14} aria-hidden="true" /><b>{formatCount(snoozed)}</b> {tools.alerting.snoozed}</li>
      </ul>
    </div>
  );
}

export function AlertsPage() {
  const { tabs: words } = tools.alerting;
  useEffect(() => {
    void loadSilences();
    // Only a number on a tab: the list itself says when it can not be loaded.
    void loadRuleBodies().catch(() => undefined);
    const timer = setInterval(() => { if (!document.hidden) void loadSilences(); }, 60_000);
    return () => clearInterval(timer);
  }, []);
  const silenced = activeSilences.value.length;
  const note = (n: number): string => (n === 0 ? "" : formatCount(n));
  const tabs = [
    { id: "open", words: words.open, note: note(openAlerts.value.length) }, { id: "history", words: words.history }, { id: "rules", words: words.rules, note: note(ruleCount.value ?? 0) },
    { id: "silences", words: words.silences, note: note(silenced) }, { id: "channels", words: words.channels },
  ];
  const tab = openTab(tabs);
  return (
    <div class="page alerts-page">
      <Head />
      <Tabs tabs={tabs} label={tools.alerting.parts} />
      <TabPanel tab={tab}>
        {tab === "open" && <><EndingSilences /><Hindrance /><OpenList /><PushOffer /><Pending /><Noisiest most={lanesHere} link /></>}
        {tab === "history" && <History />}
        {tab === "rules" && <RulesList />}
        {tab === "silences" && <SilencesList />}
        {tab === "channels" && <ChannelsTab />}
      </TabPanel>
    </div>
  );
}
