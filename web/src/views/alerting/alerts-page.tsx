// SPDX-License-Identifier: Apache-2.0
// What must I act on? Open alerts, then what is about to be one; beside them what is over, and the rules.

import { useEffect } from "preact/hooks";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { loadRecentAlerts, openAlerts, pendingAlerts, recentAlerts } from "../../state/alerts";
import { Hindrance } from "../acknowledge";
import { AlertRow } from "../alert-row";
import { openTab, TabPanel, Tabs } from "../device/tabs";
import { RulesList } from "../rules/rules-list";
import { ChannelsTab } from "./channels";
import { Resolved } from "./resolved";
import { SilencesList } from "./silences";

const mostRows = 200;
const mostSparks = 12;
function Open() {
  const open = openAlerts.value;
  const pending = pendingAlerts.value;
  return (
    <>
      <Hindrance />
      {open.length === 0 && <p class="empty">{tools.alerting.nothing}</p>}
      {open.length > 0 && (
        <section class="card" aria-label={say.overview.openAlerts}>
          <ul class="alert-rows">{open.slice(0, mostRows).map((a, i) => <AlertRow key={a.id} alert={a} withSpark={i < mostSparks} />)}</ul>
        </section>
      )}
      {pending.length > 0 && (
        <section class="card" aria-labelledby="pending">
          <header class="card-head"><h2 id="pending">{tools.alerting.pending}</h2><span class="quiet">{tools.alerting.pendingWords}</span></header>
          <ul class="alert-rows">{pending.slice(0, mostRows).map((a) => <AlertRow key={a.id} alert={a} withSpark={false} />)}</ul>
        </section>
      )}
    </>
  );
}

function History() {
  useEffect(() => void loadRecentAlerts().catch(() => undefined), []);
  const done = recentAlerts.value.filter((a) => a.resolved).slice(0, mostRows);
  return done.length === 0 ? <p class="empty">{tools.alerting.noHistory}</p> : <Resolved done={done} />;
}

export function AlertsPage() {
  const { tabs: words } = tools.alerting;
  const tabs = [
    { id: "open", words: words.open }, { id: "history", words: words.history }, { id: "rules", words: words.rules }, { id: "silences", words: words.silences }, { id: "channels", words: words.channels },
  ];
  const tab = openTab(tabs);
  return (
    <div class="page">
      <div class="head"><h1>{say.alerts.openCount(openAlerts.value.length)}</h1></div>
      <Tabs tabs={tabs} label={tools.alerting.parts} />
      <TabPanel tab={tab}>
        {tab === "open" && <Open />}
        {tab === "history" && <History />}
        {tab === "rules" && <RulesList />}
        {tab === "silences" && <SilencesList />}
        {tab === "channels" && <ChannelsTab />}
      </TabPanel>
    </div>
  );
}
