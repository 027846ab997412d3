// SPDX-License-Identifier: Apache-2.0
// The page of the open address, inside the shell. Pages that few open first come as chunks.

import { say } from "../i18n/say";
import { linked } from "../state/link";
import { session, wasIn } from "../state/session";
import { Chunk, fetchView, type Load } from "./chunk";
import { spoken } from "./language";
import { NoDevices } from "./no-devices";
import { asksLogin } from "./overlay";
import { Overview } from "./overview/overview";
import { route } from "./router";
import { Shell } from "./shell";
import { mapped, peopled, styled, styledMore, tooled } from "./styles";

/** What pages with charts share is asked for beside the page, not after it. */
const charted = <T,>(page: Promise<T>): Promise<T> => Promise.all([page, import("./chart/parts")]).then(([loaded]) => loaded);

const loadDevice = () => styled(charted(import("./device/device"))).then((m) => m.DevicePage);
const loadDevices = () => styledMore(import("./devices/devices")).then((m) => m.DevicesPage);
const loadCompare = () => styledMore(charted(import("./compare"))).then((m) => m.ComparePage);
const loadSettings = () => styledMore(import("./settings/settings")).then((m) => m.SettingsPage);
const loadAlerts = () => tooled(import("./alerting/alerts-page")).then((m) => m.AlertsPage);
const loadLogin = () => peopled(import("./people/login")).then((m) => m.LoginPage);
const loadDialog = () => peopled(import("./people/login")).then((m) => m.LoginDialog);
const loadMap = () => mapped(import("./map/map-page")).then((m) => m.MapView);
const loadTopics = () => styledMore(import("./topics/topics-page")).then((m) => m.TopicsView);
const loadBoards = () => tooled(import("./dashboards/boards-page")).then((m) => m.BoardsPage);
const loadBoard = () => tooled(charted(import("./dashboards/board-page"))).then((m) => m.BoardPage);
const loadShare = () => tooled(charted(import("./dashboards/share-page"))).then((m) => m.SharePage);
const loadAlert = () => tooled(charted(import("./alerting/alert-page"))).then((m) => m.AlertPage);
const loadRule = () => tooled(import("./rules/rule-page")).then((m) => m.RulePage);

/** Pages that are a list or stand alone, by the first part of their address. */
const lists = new Map<string, Load<object>>([
  ["devices", loadDevices], ["compare", loadCompare], ["alerts", loadAlerts], ["map", loadMap], ["topics", loadTopics],
  ["dashboards", loadBoards], ["settings", loadSettings],
]);

/** Pages of one thing, whose id is the second part. */
const singles = new Map<string, Load<{ id: string }>>([
  ["devices", loadDevice], ["alerts", loadAlert], ["rules", loadRule], ["dashboards", loadBoard],
]);

function listAt([first = "", id, more]: readonly string[]): Load<object> | undefined {
  return id === undefined || (first === "settings" && more === undefined) ? lists.get(first) : undefined;
}

function singleAt([first = "", id, more]: readonly string[]): Load<{ id: string }> | undefined {
  return id !== undefined && (more === undefined || first === "dashboards") ? singles.get(first) : undefined;
}

/** Fetches what the open address shows before there is a place for it. */
export function fetchPage(): void {
  const { segments } = route.peek();
  const load = linked() ? loadShare : singleAt(segments) ?? listAt(segments);
  if (load) void fetchView<never>(load as Load<never>).catch(() => undefined);
}

function Page() {
  const { segments } = route.value;
  const [first, id = ""] = segments;
  if (first === undefined) return <Overview />;
  if (first === "start" && segments.length === 1) return <NoDevices />;
  const list = listAt(segments);
  if (list) return <Chunk key={first} load={list} loading={say.loading} />;
  const single = singleAt(segments);
  if (single) return <Chunk key={`${first}/${id}`} load={single} loading={say.loading} id={id} />;
  return (
    <div class="page">
      <h1>{say.missingPage}</h1>
      <p><a href="/">{say.toOverview}</a></p>
    </div>
  );
}

export function App() {
  const out = session.value === null;
  if (/^(login|setup)$/.test(route.value.segments[0] ?? "") || (out && !wasIn.value)) return <Chunk key="login" load={loadLogin} loading={say.loading} />;
  if (linked()) return <Chunk key={`s/${spoken.value}`} load={loadShare} loading={say.loading} />;
  return (
    <>
      <Shell key={spoken.value}><Page /></Shell>
      {out && asksLogin.value && <Chunk load={loadDialog} loading="" onClose={() => { asksLogin.value = false; }} />}
    </>
  );
}
