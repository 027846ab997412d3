// SPDX-License-Identifier: Apache-2.0
// One field for everything: a combobox over a list, recent choices first.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { say } from "../../i18n/say";
import { chosenKey, isChangeable } from "../../lib/key-map";
import { shownUnit } from "../../lib/units";
import { openAlerts } from "../../state/alerts";
import { boards, loadBoards } from "../../state/boards";
import { display } from "../../state/display";
import { allDevices } from "../../state/fleet";
import { deviceName, valueAndCondition } from "../alert-text";
import { toggleTheme, toggleWall, toggleZone } from "../toggles";
import { alertPath, devicePath, go } from "../router";
import { togglePause } from "../stream-chip";
import { palette } from "../overlay";
import { best, indexed, type Entry } from "./find";

const mostShown = 12;
const recentKey = "telltale.recent";
const mostRecent = 6;

/** As it is pressed now. */
function shownKey(key: string): string {
  const chosen = isChangeable(key) ? chosenKey(key, display.peek().keyMap) : key;
  return chosen === " " ? say.keys.space : chosen;
}

function fixedEntries(): readonly Entry[] {
  const words = say.palette;
  const page = (href: string, name: string, key?: string): Entry => ({ id: href, kind: "page", words: name, note: words.page, href, ...(key === undefined ? {} : { key }) });
  const command = (id: string, name: string, key: string, run: () => void): Entry => ({ id, kind: "command", words: name, note: words.command, key: shownKey(key), run });
  return [
    page("/", say.nav.overview, "g o"), page("/devices", say.nav.devices, "g d"), page("/alerts", say.nav.alerts, "g a"), page("/map", say.nav.map, "g m"), page("/dashboards", say.nav.dashboards, "g b"),
    page("/settings", say.nav.settings, "g s"), page("/topics", say.nav.topics), page("/start", say.start.title), page("/settings/tokens", say.settings.tokens),
    page("/settings/credentials", say.settings.credentials), page("/settings/health", say.settings.health), page("/settings/storage", say.settings.storage), page("/settings/ingest", say.settings.ingest),
    command("theme", words.theme, "\\", toggleTheme), command("zone", words.zone, "u", toggleZone), command("pause", words.pause, " ", togglePause), command("wall", words.wall, "w", toggleWall), command("keys", say.keys.title, "?", () => { palette.value = "keys"; }),
    page("/alerts?tab=history", words.alertHistory), page("/alerts?tab=rules", words.rules), page("/rules/new", words.newRule), page("/alerts?tab=silences", words.silences), page("/alerts?tab=channels", words.channels),
  ];
}

function* everything(fixed: readonly Entry[]): Iterable<Entry> {
  yield* fixed;
  for (const a of openAlerts.peek()) yield { id: `alert ${a.id}`, kind: "alert", words: `${deviceName(a.deviceId)} ${valueAndCondition(a)}`, note: say.severity[a.severity], href: alertPath(a.id) };
  for (const b of boards.peek() ?? []) yield { id: `board ${b.id}`, kind: "board", words: b.title === "" ? b.id : b.title, note: say.palette.kinds.board, href: `/dashboards/${encodeURIComponent(b.id)}` };
  for (const d of allDevices()) {
    yield { id: `device ${d.id}`, kind: "device", words: d.name, note: [d.id === d.name ? "" : d.id, d.place ?? "", d.model].filter((s) => s !== "").join(" · "), href: devicePath(d.id) };
    for (const s of d.sensors) yield { id: `sensor ${d.id} ${s.id}`, kind: "sensor", words: `${d.name} ${s.name}`, note: shownUnit(s.unit), href: devicePath(d.id) };
  }
}

function recent(): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(localStorage.getItem(recentKey) ?? "[]");
    return Array.isArray(parsed) ? parsed.filter((x): x is string => typeof x === "string") : [];
  } catch {
    return [];
  }
}

function remember(id: string): void {
  try {
    localStorage.setItem(recentKey, JSON.stringify([id, ...recent().filter((r) => r !== id)].slice(0, mostRecent)));
  } catch {
    // Then nothing is recent.
  }
}

export function Palette({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const then = useRef<(() => void) | null>(null);
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const fixed = useMemo(fixedEntries, []);
  // Once an opening: what one types is then only compared.
  const index = useMemo(() => indexed(everything(fixed)), [boards.value]);
  useEffect(() => { if (boards.peek() === null) void loadBoards().catch(() => undefined); }, []);
  const found = useMemo(() => {
    if (query.trim() !== "") return best(index, query, mostShown);
    const ids = recent();
    const known = new Map(index.filter(({ entry }) => ids.includes(entry.id)).map(({ entry }) => [entry.id, entry] as const));
    return [...ids.flatMap((id) => known.get(id) ?? []), ...fixed.filter((e) => !known.has(e.id))].slice(0, mostShown);
  }, [query, index]);
  // Before anybody can press a key at what is drawn.
  useLayoutEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    dialog.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at, found]);
  const choose = (entry: Entry | undefined): void => {
    if (!entry) return;
    remember(entry.id);
    // What it does may be another thing over the page: this one goes first.
    then.current = () => {
      if (entry.href !== undefined) go(entry.href);
      entry.run?.();
    };
    dialog.current?.close();
  };
  const key = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by !== 0 && found.length > 0) setAt((at + by + found.length) % found.length);
    else if (event.key === "Enter") choose(found[at]);
    else return;
    event.preventDefault();
  };
  return (
    <dialog ref={dialog} class="palette" aria-label={say.palette.open} onClose={() => { onClose(); then.current?.(); }} onClick={(event) => { if (event.target === dialog.current) dialog.current?.close(); }}>
      <input type="search" role="combobox" class="palette-field" aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list" autocomplete="off" spellcheck={false}
        aria-activedescendant={found[at] ? `palette-${at}` : undefined} aria-label={say.palette.placeholder} placeholder={say.palette.placeholder} value={query}
        onInput={(event) => { setQuery(event.currentTarget.value); setAt(0); }} onKeyDown={key} />
      <ul id="palette-list" role="listbox" aria-label={say.palette.results}>
        {found.map((e, i) => (
          <li key={e.id} id={`palette-${i}`} role="option" aria-selected={i === at} onMouseMove={() => { if (i !== at) setAt(i); }} onClick={() => choose(e)}>
            <span class="palette-kind">{say.palette.kinds[e.kind]}</span><b>{e.words}</b><span class="quiet">{e.note}</span>{e.key !== undefined && <kbd>{e.key}</kbd>}
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="empty">{say.palette.none}</p>}
    </dialog>
  );
}
