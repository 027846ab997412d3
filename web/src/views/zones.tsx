// SPDX-License-Identifier: Apache-2.0
// The zone of all times on the page: the browser's, UTC, or any other by its name.

import { useState } from "preact/hooks";
import { say } from "../i18n/say";
import { display, setDisplay } from "../state/display";

const mostShown = 8;

function allZones(): readonly string[] {
  const all = (Intl as { supportedValuesOf?: (key: string) => string[] }).supportedValuesOf;
  return all ? all("timeZone") : [];
}

export function Zones({ close }: { close: () => void }) {
  const [text, setText] = useState("");
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const wanted = text.trim().toLowerCase().replace(/\s+/g, "_");
  const found = wanted === "" ? [] : allZones().filter((z) => z.toLowerCase().includes(wanted)).slice(0, mostShown);
  const current = display.value.zone;
  const extra = current !== "" && current !== "UTC" && wanted === "" ? [current] : found;
  const choose = (zone: string): void => {
    setDisplay({ zone });
    close();
  };
  const entry = (zone: string, words: string) => (
    <button key={zone} type="button" class="menu-entry" aria-pressed={current === zone} onClick={() => choose(zone)}>{words}</button>
  );
  return (
    <div class="zones">
      {entry("", say.zone.local(own))}
      {entry("UTC", "UTC")}
      <input class="field" type="search" aria-label={say.zone.other} placeholder={say.zone.other} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      {extra.map((z) => entry(z, z.replaceAll("_", " ")))}
      {wanted !== "" && found.length === 0 && <p class="quiet">{say.zone.none}</p>}
    </div>
  );
}
