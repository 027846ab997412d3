// SPDX-License-Identifier: Apache-2.0
// The page of the open address, inside the shell. Pages that few open first come as chunks.

import { say } from "../i18n/say";
import { linked } from "../state/link";
import { session, wasIn } from "../state/session";
import { Chunk } from "./chunk";
import { spoken } from "./language";
import { NoDevices } from "./no-devices";
import { asksLogin } from "./overlay";
import { Overview } from "./overview/overview";
import { route } from "./router";
import { Shell } from "./shell";
import { mapped, styled, styledMore, tooled } from "./styles";

const loadDevice = () => styled(import("./device/device")).then((m) => m.DevicePage);
const loadDevices = () => styledMore(import("./devices/devices")).then((m) => m.DevicesPage);
const loadCompare = () => styledMore(import("./compare")).then((m) => m.ComparePage);
const loadSettings = () => styledMore(import("./settings/settings")).then((m) => m.SettingsPage);
const loadAlerts = () => tooled(import("./alerting/alerts-page")).then((m) => m.AlertsPage);
const loadLogin = () => styledMore(import("./login")).then((m) => m.LoginPage);
const loadDialog = () => styledMore(import("./login")).then((m) => m.LoginDialog);
const loadMap = () => mapped(import("./map/map-page")).then((m) => m.MapView);
const loadTopics = () => styledMore(import("./topics/topics-page")).then((m) => m.TopicsView);
const loadBoards = () => tooled(import("./dashboards/boards-page")).then((m) => m.BoardsPage);
const loadBoard = () => tooled(import("./dashboards/board-page")).then((m) => m.BoardPage);
const loadShare = () => tooled(import("./dashboards/share-page")).then((m) => m.SharePage);
const loadAlert = () => tooled(import("./alerting/alert-page")).then((m) => m.AlertPage);
const loadRule = () => tooled(import("./rules/rule-page")).then((m) => m.RulePage);

function Page() {
  const [first, id, more] = route.value.segments;
  if (first === undefined) return <Overview />;
  if (first === "devices" && id === undefined) return <Chunk key="devices" load={loadDevices} loading={say.loading} />;
  if (first === "devices" && id !== undefined && more === undefined) return <Chunk key={id} load={loadDevice} loading={say.loading} id={id} />;
  if (first === "compare" && id === undefined) return <Chunk key="compare" load={loadCompare} loading={say.loading} />;
  if (first === "alerts" && id === undefined) return <Chunk key="alerts" load={loadAlerts} loading={say.loading} />;
  if (first === "map" && id === undefined) return <Chunk key="map" load={loadMap} loading={say.loading} />;
  if (first === "topics" && id === undefined) return <Chunk key="topics" load={loadTopics} loading={say.loading} />;
  if (first === "alerts" && id !== undefined && more === undefined) return <Chunk key={`alerts/${id}`} load={loadAlert} loading={say.loading} id={id} />;
  if (first === "rules" && id !== undefined && more === undefined) return <Chunk key={`rules/${id}`} load={loadRule} loading={say.loading} id={id} />;
  if (first === "dashboards" && id === undefined) return <Chunk key="dashboards" load={loadBoards} loading={say.loading} />;
  if (first === "dashboards" && id !== undefined && more === undefined) return <Chunk key={`dashboards/${id}`} load={loadBoard} loading={say.loading} id={id} />;
  if (first === "start" && id === undefined) return <NoDevices />;
  if (first === "settings" && more === undefined) return <Chunk key="settings" load={loadSettings} loading={say.loading} />;
  return (
    <div class="page">
      <h1>{say.missingPage}</h1>
      <p><a href="/">{say.toOverview}</a></p>
    </div>
  );
}

export function App() {
  const out = session.value === null;
  if (route.value.segments[0] === "login" || (out && !wasIn.value)) return <Chunk key="login" load={loadLogin} loading={say.loading} />;
  if (linked()) return <Chunk key={`s/${spoken.value}`} load={loadShare} loading={say.loading} />;
  return (
    <>
      <Shell key={spoken.value}><Page /></Shell>
      {out && asksLogin.value && <Chunk load={loadDialog} loading="" onClose={() => { asksLogin.value = false; }} />}
    </>
  );
}
