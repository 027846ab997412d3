// SPDX-License-Identifier: Apache-2.0
// The open alerts, worst first, then newest. Nothing moves under a pointer or a focus: while somebody reads here,
// rows keep their places, what is over stays and says so, and what is new waits behind a word.

import { useSignal } from "@preact/signals";
import { ArrowUp } from "lucide-preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { grouped, type Group } from "../../lib/alert-groups";
import { formatCount, zoneName } from "../../lib/format";
import type { Severity } from "../../net/wire";
import { takeBack } from "../../state/alert-acts";
import { openAlerts, pendingAlerts, recentAlerts, type Shown } from "../../state/alerts";
import { now } from "../../state/clock";
import { deviceOf, fleet, known } from "../../state/fleet";
import { mayAcknowledge } from "../../state/session";
import { addPageKeys } from "../page-keys";
import { route, setQuery } from "../router";
import { phone } from "../screen";
import { AlertBulk } from "./alert-bulk";
import { OpenRow, type Choosing } from "./open-row";
import { alertKeys } from "./row-keys";

const mostRows = 200;
const mostSparks = 24;
/** So near to its top the list counts as being there. */
const topPx = 8;

function placeOf(a: Shown): string {
  return deviceOf(a.deviceId)?.place ?? "";
}

function fits(a: Shown, query: URLSearchParams): boolean {
  const [severity, place, who] = ["severity", "place", "who"].map((key) => query.get(key) ?? "");
  if (severity !== "" && a.severity !== severity) return false;
  if (place !== "" && placeOf(a) !== place) return false;
  return who === "" || (who === "nobody" ? !a.acknowledged : who === "somebody" ? a.acknowledged : a.acknowledgedBy === who);
}

function Filter({ name, label, options }: { name: string; label: string; options: readonly (readonly [string, string])[] }) {
  const value = route.value.query.get(name) ?? "";
  return (
    <label class="filter"><span>{label}:</span>
      <select value={value} onChange={(e) => setQuery(name, e.currentTarget.value === "" ? null : e.currentTarget.value)}>
        {options.map(([v, words]) => <option key={v} value={v}>{words}</option>)}
      </select>
    </label>
  );
}

function Filters() {
  fleet.value;
  const words = tools.alerting;
  const all = openAlerts.value;
  const places = [...new Set(all.map(placeOf))].filter((p) => p !== "").sort((a, b) => a.localeCompare(b));
  const holders = [...new Set(all.flatMap((a) => a.acknowledgedBy ?? []))].sort((a, b) => a.localeCompare(b));
  const severities: readonly Severity[] = ["critical", "warning", "info"];
  return (
    <>
      <Filter name="severity" label={words.matchers.severity} options={[["", words.any], ...severities.map((s) => [s, say.severity[s]] as const)]} />
      {places.length > 0 && <Filter name="place" label={words.matchers.place} options={[["", words.any], ...places.map((p) => [p, p] as const)]} />}
      <Filter name="who" label={words.who} options={[["", words.anyone], ["nobody", say.alerts.nobody], ["somebody", words.somebody], ...holders.map((h) => [h, h] as const)]} />
    </>
  );
}

/** Whether a person is in the list: then it stands still. */
function useTouched(list: { readonly current: HTMLElement | null }): { readonly value: boolean } {
  const touched = useSignal(false);
  useEffect(() => {
    const look = (): void => {
      const element = list.current;
      touched.value = element !== null && (scrollY > topPx || element.matches(":hover") || element.contains(document.activeElement));
    };
    const soon = (): void => { requestAnimationFrame(look); };
    const events = ["scroll", "pointermove", "pointerdown", "focusin", "focusout", "keyup"] as const;
    for (const e of events) document.addEventListener(e, soon, { passive: true });
    return () => { for (const e of events) document.removeEventListener(e, soon); };
  }, []);
  return touched;
}

/** Ids in the order in which they stand; they change only while nobody is in the list, or on demand. */
function useOrder(alerts: readonly Shown[], touched: boolean): { readonly ids: readonly string[]; readonly fresh: number; readonly renew: () => void } {
  const held = useRef<readonly string[] | null>(null);
  const again = useSignal(0);
  again.value;
  const open = alerts.map((a) => a.id);
  if (!touched || held.current === null || held.current.length === 0) held.current = known.value ? open : null;
  const ids = held.current ?? open;
  const standing = new Set(ids);
  return {
    ids, fresh: open.filter((id) => !standing.has(id)).length,
    renew: () => {
      held.current = open;
      again.value++;
    },
  };
}

/** Rows that are chosen for one act on all of them; Shift chooses all from the one before. */
function useChosen(rows: readonly Shown[]): { readonly chosen: readonly Shown[]; readonly of: (a: Shown) => Choosing | null; readonly all: readonly Shown[]; readonly set: (list: readonly Shown[]) => void } {
  const ids = useSignal<ReadonlySet<string>>(new Set());
  const last = useRef<string | null>(null);
  const all = mayAcknowledge.value ? rows.filter((a) => !a.resolved && !a.pending) : [];
  const choose = (id: string, range: boolean): void => {
    const next = new Set(ids.peek());
    const [from, to] = [all.findIndex((a) => a.id === last.current), all.findIndex((a) => a.id === id)].sort((a, b) => a - b);
    if (range && from !== undefined && to !== undefined && from >= 0) for (const a of all.slice(from, to + 1)) next.add(a.id);
    else if (!next.delete(id)) next.add(id);
    last.current = id;
    ids.value = next;
  };
  return {
    chosen: all.filter((a) => ids.value.has(a.id)), all,
    of: (a) => (!mayAcknowledge.value || a.resolved ? null : { chosen: ids.value.has(a.id), onChoose: (range) => choose(a.id, range) }),
    set: (list) => { ids.value = new Set(list.map((a) => a.id)); },
  };
}

function Rows({ groups, opened, onOpen, choosing }: { groups: readonly Group<Shown>[]; opened: ReadonlySet<string>; onOpen: (key: string) => void; choosing: (a: Shown) => Choosing | null }) {
  let sparks = 0;
  const row = (a: Shown, muted: number, key: string) => <OpenRow key={a.id} alert={a} withSpark={!phone.value && sparks++ < mostSparks} muted={muted} open={opened.has(key)} onOpen={() => onOpen(key)} choosing={choosing(a)} />;
  return (
    <>
      {groups.map(({ alert, muted, key }) => [
        alert === null
          ? <li key={key} class="alert-row muted-line"><span>{tools.alerting.mutes("inhibited")}</span><button type="button" class="link" aria-expanded={opened.has(key)} onClick={() => onOpen(key)}>{tools.alerting.plusMuted(muted.length)}</button><span class="quiet">{tools.alerting.mutedWhy(muted[0]?.mutedBy ?? "")}</span></li>
          : row(alert, muted.length, key),
        ...(opened.has(key) ? muted.map((a) => row(a, 0, "")) : []),
      ])}
    </>
  );
}

export function OpenList() {
  const list = useRef<HTMLElement>(null);
  const touched = useTouched(list);
  const opened = useSignal<ReadonlySet<string>>(new Set());
  const { query } = route.value;
  const open = openAlerts.value.filter((a) => fits(a, query));
  const standing = useSignal(false);
  const { ids, fresh, renew } = useOrder(open, touched.value || standing.value);
  const byId = useMemo(() => new Map([...recentAlerts.value, ...pendingAlerts.value].map((a) => [a.id, a] as const)), [recentAlerts.value, pendingAlerts.value]);
  const shown = ids.flatMap((id) => byId.get(id) ?? []).filter((a) => a.resolved || fits(a, query));
  const toggle = (key: string): void => {
    const next = new Set(opened.peek());
    if (!next.delete(key)) next.add(key);
    opened.value = next;
  };
  const groups = grouped(shown.slice(0, mostRows));
  // What is folded away is not chosen with the others unseen.
  const { chosen, of, all, set } = useChosen(groups.flatMap(({ alert, muted, key }) => [...(alert ? [alert] : []), ...(opened.value.has(key) ? muted : [])]));
  const some = chosen.length > 0;
  useEffect(() => { standing.value = some; }, [some]);
  const bulk = useRef({ some, set });
  bulk.current = { some, set };
  useEffect(() => addPageKeys((key) => {
    if (bulk.current.some && key === "Escape") bulk.current.set([]);
    else if (bulk.current.some && key === "a") document.querySelector<HTMLElement>(".bulk-acknowledge")?.click();
    else return alertKeys(key, list.current, (id) => void takeBack(id));
    return true;
  }), []);
  const filtered = open.length < openAlerts.value.length;
  return (
    <>
      <div class="alert-tools">
        <Filters />
        <div class="new-holder" role="status">{fresh > 0 && <button type="button" class="new-pill" onClick={() => { renew(); scrollTo(0, 0); }}><ArrowUp size={15} aria-hidden="true" />{tools.alerting.newOnes(fresh)}</button>}</div>
        <span class="quiet hide-phone">{tools.alerting.order(zoneName(now.peek()))}</span>
      </div>
      {shown.length === 0 && (filtered
        ? <p class="empty card">{tools.alerting.noneFits} <button type="button" class="button" onClick={() => { for (const key of ["severity", "place", "who"]) setQuery(key, null); }}>{tools.alerting.clearFilters}</button></p>
        : <p class="empty card">{tools.alerting.nothing}</p>)}
      {shown.length > 0 && (
        <section ref={list} class="card alerts-card" aria-label={say.overview.openAlerts}>
          <div class="open-head" aria-hidden="true"><span>{tools.alerting.matchers.severity}</span><span>{tools.alerting.deviceSensor}</span><span>{tools.alerting.what}</span><span>{tools.alerting.hour}</span><span class="open-age">{tools.alerting.age}</span><span>{tools.alerting.whoHasIt}</span></div>
          <ul class="alert-rows"><Rows groups={groups} opened={opened.value} onOpen={toggle} choosing={of} /></ul>
          {shown.length > mostRows && <p class="card-foot">{tools.alerting.firstOf(formatCount(mostRows), formatCount(shown.length))}</p>}
        </section>
      )}
      <AlertBulk chosen={chosen} all={all.length} onAll={() => set(all)} onClear={() => set([])} />
    </>
  );
}
