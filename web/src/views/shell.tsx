// SPDX-License-Identifier: Apache-2.0
// What stands around every page: bar, rail or bottom bar, and the regions that speak.

import { useSignalEffect, useComputed } from "@preact/signals";
import { Bell, Cpu, LayoutDashboard, ListTree, Map as MapIcon, PanelsTopLeft } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { say } from "../i18n/say";
import { formatClock, zoneName } from "../lib/format";
import { lamp, openAlerts } from "../state/alerts";
import { now } from "../state/clock";
import { fresh } from "../state/connection";
import { session } from "../state/session";
import { deviceName, valueAndCondition } from "./alert-text";
import { Glyph } from "./glyph";
import { Lamp } from "./lamp";
import { route } from "./router";
import { StreamAnnouncer, StreamChip } from "./stream-chip";

const pages = [
  { path: "/", first: "", words: "overview", icon: LayoutDashboard },
  { path: "/devices", first: "devices", words: "devices", icon: Cpu },
  { path: "/alerts", first: "alerts", words: "alerts", icon: Bell },
  { path: "/map", first: "map", words: "map", icon: MapIcon },
  { path: "/dashboards", first: "dashboards", words: "dashboards", icon: PanelsTopLeft },
  { path: "/topics", first: "topics", words: "topics", icon: ListTree },
] as const;

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
  return (
    <nav class="rail" aria-label={say.nav.label}>
      {pages.map(({ path, first, words, icon: Icon }) => (
        <a key={path} href={path} class="rail-entry" aria-current={open === first ? "page" : undefined}>
          <Icon size={20} strokeWidth={1.75} aria-hidden="true" />
          <span class="rail-words">{say.nav[words]}</span>
          {path === "/alerts" && <AlertCount />}
        </a>
      ))}
    </nav>
  );
}

function Clock() {
  const time = useComputed(() => formatClock(now.value));
  const zone = useComputed(() => zoneName(now.value));
  return <div class="clock"><b>{time}</b> <span>{zone}</span></div>;
}

function TopBar() {
  const who = session.value;
  return (
    <header class="bar">
      <a class="brand" href="/"><Lamp /><span>{say.product}</span></a>
      <div class="bar-space" />
      <StreamChip />
      <Clock />
      {who?.auth && <span class="role">{who.role}</span>}
    </header>
  );
}

/** Criticals are said at once; nothing else interrupts. */
function AlertAnnouncer() {
  const [said, setSaid] = useState("");
  const seen = useRef<Set<string> | null>(null);
  useSignalEffect(() => {
    const open = openAlerts.value;
    const before = seen.current;
    seen.current = new Set(open.map((a) => a.id));
    const news = before === null ? undefined : open.find((a) => a.severity === "critical" && !before.has(a.id));
    if (news) setSaid(say.alerts.announceCritical(deviceName(news.deviceId), valueAndCondition(news)));
  });
  return <div class="visually-hidden" role="alert">{said}</div>;
}

export function Shell({ children }: { children: ComponentChildren }) {
  return (
    <div class={fresh.value ? "shell" : "shell stream-down"}>
      <a class="skip" href="#main">{say.skip}</a>
      <TopBar />
      <Navigation />
      <main id="main" tabIndex={-1}>{children}</main>
      <StreamAnnouncer />
      <AlertAnnouncer />
    </div>
  );
}
