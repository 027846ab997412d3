// SPDX-License-Identifier: Apache-2.0
// Tabs whose choice stands in the address.

import type { ComponentChildren } from "preact";
import { route, setQuery } from "../router";

export interface Tab {
  readonly id: string;
  readonly words: string;
  readonly note?: string;
}

/** The open tab: what the address names, or the first. */
export function openTab(tabs: readonly Tab[], key = "tab"): string {
  const asked = route.value.query.get(key);
  return tabs.find((t) => t.id === asked)?.id ?? tabs[0]?.id ?? "";
}

export function Tabs({ tabs, label, param = "tab", children }: { tabs: readonly Tab[]; label: string; param?: string; children?: ComponentChildren }) {
  const open = openTab(tabs, param);
  const move = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const at = tabs.findIndex((t) => t.id === open);
    const next = by === 0 ? undefined : tabs[(at + by + tabs.length) % tabs.length];
    if (!next) return;
    event.preventDefault();
    setQuery(param, next === tabs[0] ? null : next.id);
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return (
    <div class="tab-line">
      <div class="tabs" role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map((t, i) => (
          <button key={t.id} id={`tab-${t.id}`} type="button" role="tab" aria-selected={t.id === open} aria-controls="tab-panel" tabIndex={t.id === open ? 0 : -1}
            onClick={() => setQuery(param, i === 0 ? null : t.id)}>
            {t.words}{t.note !== undefined && t.note !== "" && <span class="quiet">{t.note}</span>}
          </button>
        ))}
      </div>
      {children}
    </div>
  );
}

export function TabPanel({ tab, children }: { tab: string; children: ComponentChildren }) {
  return <div id="tab-panel" role="tabpanel" aria-labelledby={`tab-${tab}`} class="tab-panel">{children}</div>;
}
