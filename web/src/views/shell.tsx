// SPDX-License-Identifier: Apache-2.0
// What stands around every page: bar, rail or bottom bar, and the regions that speak.

import { useSignalEffect, useComputed } from "@preact/signals";
import { Bell, Cpu, Ellipsis, LayoutDashboard, Map as MapIcon, PanelsTopLeft, Search, Settings } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { say } from "../i18n/say";
import { formatClock, formatDayTime, zoneName } from "../lib/format";
import { lamp, openAlerts, type Shown } from "../state/alerts";
import { now } from "../state/clock";
import { fresh, shownFrom } from "../state/connection";
import { display } from "../state/display";
import { deviceOf, fleet, heldDevices, known, allDevices } from "../state/fleet";
import { session } from "../state/session";
import { deviceName, valueAndCondition } from "./alert-text";
import { barSlot } from "./bar-slot";
import { Chunk, fetchView } from "./chunk";
import { Glyph } from "./glyph";
import { palette } from "./overlay";
import { Lamp } from "./lamp";
import { Popover } from "./popover";
import { route } from "./router";
import { phone } from "./screen";
import { StreamAnnouncer, StreamChip } from "./stream-chip";
import { styledMore, tooled } from "./styles";
import { Told } from "./told";

const pages = [
  { path: "/", first: "", words: "overview", icon: LayoutDashboard },
  { path: "/devices", first: "devices", words: "devices", icon: Cpu },
  { path: "/alerts", first: "alerts", words: "alerts", icon: Bell },
  { path: "/map", first: "map", words: "map", icon: MapIcon },
  { path: "/dashboards", first: "dashboards", words: "dashboards", icon: PanelsTopLeft },
] as const;

const loadMenu = () => styledMore(import("./user-menu")).then((m) => m.UserMenu);
const loadMore = () => styledMore(import("./more")).then((m) => m.More);
const loadZones = () => styledMore(import("./zones")).then((m) => m.Zones);
const loadWallHead = () => tooled(import("./wall-head")).then((m) => m.WallHead);
const loadPalette = () => styledMore(import("./palette/palette")).then((m) => m.Palette);
export const fetchPalette = (): Promise<unknown> => fetchView(loadPalette);
const loadKeys = () => styledMore(import("./palette/key-list")).then((m) => m.KeyList);

function AlertCount() {
  const { severity, count } = lamp.value;
  if (severity === null) return null;
  return (
    <span class={`count count-${severity}`} title={say.unacknowledged(count)}>
      <Glyph name={severity} size={10} /> {count}
    </span>
  );
}

function Navigation() {
  const open = route.value.segments[0] ?? "";
  const [more, setMore] = useState(false);
  return (
    <nav class="rail" aria-label={say.nav.label}>
      {pages.filter((p) => !phone.value || p.first !== "dashboards").map(({ path, first, words, icon: Icon }) => (
        <a key={path} href={path} class="rail-entry" aria-current={open === first || (open === "rules" && first === "alerts") ? "page" : undefined} title={say.nav[words]}>
          <Icon size={20} strokeWidth={1.75} aria-hidden="true" />
          <span class="rail-words">{say.nav[words]}</span>
          {path === "/alerts" && <AlertCount />}
        </a>
      ))}
      <span class="rail-space" />
      {phone.value
        ? (
          <button type="button" class="rail-entry" aria-haspopup="dialog" onClick={() => setMore(true)}>
            <Ellipsis size={20} strokeWidth={1.75} aria-hidden="true" /><span class="rail-words">{say.nav.more}</span>
          </button>
        ) : (
          <a href="/settings" class="rail-entry" aria-current={open === "settings" || open === "topics" ? "page" : undefined} title={say.nav.settings}>
            <Settings size={20} strokeWidth={1.75} aria-hidden="true" /><span class="rail-words">{say.nav.settings}</span>
          </a>
        )}
      {more && <Chunk load={loadMore} loading="" onClose={() => setMore(false)} />}
    </nav>
  );
}

function Clock() {
  const time = useComputed(() => formatClock(now.value));
  const zone = useComputed(() => zoneName(now.value));
  return (
    <div class="clock">
      <Popover label={say.zone.choose} className="clock-button" button={<><b>{time}</b> <span>{zone}</span></>}>
        {(close) => <Chunk load={loadZones} loading={say.loading} close={close} />}
      </Popover>
    </div>
  );
}

function BrandOrBack() {
  return (
    <a class="brand" href="/" aria-label={say.product}>
      <Lamp /><span class={phone.value && route.value.segments.length > 1 ? "visually-hidden" : undefined}>{say.product}</span>
    </a>
  );
}

function initials(): string {
  const who = session.value;
  if (!who?.user) return who ? say.user.short[who.role] : "–";
  const [first = "", second] = who.user.split(/[\s._-]+/).filter((part) => part !== "");
  return second === undefined ? [...first].slice(0, 2).join("") : `${[...first][0] ?? ""}${[...second][0] ?? ""}`;
}

function TopBar() {
  return (
    <header class="bar">
      <BrandOrBack />
      <button type="button" class="bar-search" onClick={() => { palette.value = "search"; }} aria-label={say.palette.open}>
        <Search size={16} aria-hidden="true" /><span>{say.palette.placeholder}</span><kbd>Ctrl K</kbd>
      </button>
      <div class="bar-space" />
      {barSlot.value}
      <StreamChip />
      <Clock />
      <Popover label={say.user.menu} className="avatar" button={initials()}>
        {(close) => <Chunk load={loadMenu} loading={say.loading} close={close} />}
      </Popover>
    </header>
  );
}

/** The value that raised it: the newest reading may not be drawn yet. */
const raisedBy = (a: Shown): string => valueAndCondition({ ...a, resolved: true });

/** The same words twice are two texts, so that both are spoken. */
const anew = (text: string) => (before: string): string => (before === text ? `${text}\u00a0` : text);

/** Criticals are said at once, several of a moment as one sentence; of the others one sentence in ten seconds at most. */
export function AlertAnnouncer() {
  const [critical, setCritical] = useState("");
  const [others, setOthers] = useState("");
  const seen = useRef<ReadonlySet<string> | null>(null);
  const counts = useRef({ warnings: 0, infos: 0, over: 0, timer: 0 as ReturnType<typeof setTimeout> | 0 });
  useSignalEffect(() => {
    const list = openAlerts.value;
    // What was open before the page was is no news.
    if (!known.value) return;
    const open = new Set(list.map((a) => a.id));
    const before = seen.current;
    seen.current = open;
    if (before === null) return;
    const c = counts.current;
    const fresh = list.filter((a) => !before.has(a.id));
    const worst = fresh.filter((a) => a.severity === "critical");
    const [one] = worst;
    if (one) {
      setCritical(anew(worst.length === 1 ? say.alerts.announceCritical(deviceName(one.deviceId), raisedBy(one)) : say.alerts.announceCriticals(worst.length)));
      if (display.peek().sound) void import("./sound").then((m) => m.soundCritical());
    }
    c.warnings += fresh.filter((a) => a.severity === "warning").length;
    c.infos += fresh.filter((a) => a.severity === "info").length;
    for (const id of before) if (!open.has(id)) c.over++;
    if (c.warnings + c.infos + c.over === 0 || c.timer !== 0) return;
    c.timer = setTimeout(() => {
      setOthers(anew(say.alerts.announce(c.warnings, c.infos, c.over)));
      counts.current = { warnings: 0, infos: 0, over: 0, timer: 0 };
    }, 10_000);
  });
  return (
    <>
      <div class="visually-hidden" role="alert">{critical}</div>
      <div class="visually-hidden" role="status">{others}</div>
    </>
  );
}

/** Opened without the server, from when it is; else, while every device is a simulated one, how to connect a real one stands above the page. */
function SimulatedBar() {
  fleet.value;
  if (shownFrom.value > 0) return <p class="simulated-bar" role="status">{say.storedBar(formatDayTime(shownFrom.value), zoneName(shownFrom.value))}</p>;
  if (!known.value || heldDevices() === 0) return null;
  for (const d of allDevices()) if (!d.tags.includes("simulated")) return null;
  return <p class="simulated-bar">{say.simulated(heldDevices())} <a href="/start">{say.connectOwn}</a></p>;
}

/** Each page is named in the tab and to a screen reader when it opens. */
function pageName(): string {
  const [first, id] = route.value.segments;
  if (first === "devices" && id !== undefined) return deviceOf(id)?.name ?? id;
  const named = pages.find((p) => p.first === (first ?? ""));
  return named ? say.nav[named.words] : first === "settings" ? say.nav.settings : say.product;
}

export function Shell({ children }: { children: ComponentChildren }) {
  const wall = route.value.query.get("wall") === "1";
  const overlay = palette.value;
  const [first] = route.value.segments;
  return (
    <div class={`shell${fresh.value ? "" : " stream-down"}${wall ? " shell-wall" : ""}`}>
      {!wall && <a class="skip" href="#main">{say.skip}</a>}
      {wall ? <Chunk load={loadWallHead} loading="" headline={first !== undefined} /> : <TopBar />}
      {!wall && <Navigation />}
      <main id="main" tabIndex={-1} aria-label={pageName()}>{!wall && first !== "start" && first !== "map" && <SimulatedBar />}{children}</main>
      <StreamAnnouncer />
      <AlertAnnouncer />
      <Told />
      {overlay === "search" && <Chunk load={loadPalette} loading="" onClose={() => { palette.value = null; }} />}
      {overlay === "keys" && <Chunk load={loadKeys} loading="" onClose={() => { palette.value = null; }} />}
    </div>
  );
}

