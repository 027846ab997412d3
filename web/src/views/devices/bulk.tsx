// SPDX-License-Identifier: Apache-2.0
// What can be done with the chosen devices together.

import { BellOff, Download, GitCompareArrows, Tag, X } from "lucide-preact";
import { useState } from "preact/hooks";
import { say } from "../../i18n/say";
import { formatSpan } from "../../lib/format";
import { problemText } from "../../lib/problem";
import type { Device } from "../../net/wire";
import { addTag } from "../../state/describe";
import { deviceOf } from "../../state/fleet";
import { mayAcknowledge } from "../../state/session";
import { silenceDevices } from "../../state/silences";
import { mostCompared } from "../compare-address";
import { Popover } from "../popover";
import { go } from "../router";

/** One series of each: the sensor that most of the chosen have. */
function compareAddress(devices: readonly Device[]): string | null {
  const counts = new Map<string, number>();
  for (const d of devices) for (const s of d.sensors) counts.set(s.id, (counts.get(s.id) ?? 0) + 1);
  const sensor = [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
  if (sensor === undefined) return null;
  const names = devices.filter((d) => d.sensors.some((s) => s.id === sensor)).slice(0, mostCompared);
  return `/compare?s=${names.map((d) => `${encodeURIComponent(d.id)}/${encodeURIComponent(sensor)}`).join(",")}`;
}

function TagForm({ devices, close }: { devices: readonly Device[]; close: () => void }) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState("");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await addTag(devices, text.trim());
      close();
    } catch (error) {
      setProblem(problemText(error));
    }
  };
  return (
    <form class="tag-form" onSubmit={(event) => void submit(event)}>
      <label for="bulk-tag">{say.devices.tagAll(devices.length)}</label>
      <input id="bulk-tag" class="field" autofocus value={text} maxLength={64} onInput={(event) => setText(event.currentTarget.value)} />
      <p class="problem" role="alert">{problem}</p>
      <button type="submit" class="button button-primary" disabled={text.trim() === ""}>{say.devices.tag}</button>
    </form>
  );
}

const spans = [3_600_000, 4 * 3_600_000, 24 * 3_600_000, 7 * 24 * 3_600_000];

function SilenceForm({ devices, close }: { devices: readonly Device[]; close: () => void }) {
  const [span, setSpan] = useState(spans[0] ?? 0);
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState("");
  const submit = (event: Event): void => {
    event.preventDefault();
    silenceDevices(devices, span, reason.trim()).then(close, (error: unknown) => setProblem(problemText(error)));
  };
  return (
    <form class="tag-form" onSubmit={submit}>
      <label>{say.silenceBulk.how(devices.length)}<select class="field" value={span} onChange={(event) => setSpan(Number(event.currentTarget.value))}>{spans.map((ms) => <option key={ms} value={ms}>{formatSpan(ms)}</option>)}</select></label>
      <label>{say.silenceBulk.reason}<input class="field" value={reason} maxLength={256} onInput={(event) => setReason(event.currentTarget.value)} /></label>
      <p class="problem" role="alert">{problem}</p>
      <button type="submit" class="button button-primary">{say.silenceBulk.silence}</button>
    </form>
  );
}

export function BulkBar({ selected, onClear, onExport }: { selected: ReadonlySet<string>; onClear: () => void; onExport: () => void }) {
  const devices = [...selected].flatMap((id) => deviceOf(id) ?? []);
  const address = compareAddress(devices);
  return (
    <div class="bulk" role="region" aria-label={say.devices.bulk}>
      <b>{say.devices.selected(devices.length)}</b>
      {mayAcknowledge.value && (
        <Popover label={say.devices.tag} className="menu-entry" align="start" button={<><Tag size={16} aria-hidden="true" /> {say.devices.tag}</>}>
          {(close) => <TagForm devices={devices} close={close} />}
        </Popover>
      )}
      {mayAcknowledge.value && (
        <Popover label={say.silenceBulk.silence} className="menu-entry" align="start" button={<><BellOff size={16} aria-hidden="true" /> {say.silenceBulk.silence}</>}>
          {(close) => <SilenceForm devices={devices} close={close} />}
        </Popover>
      )}
      <button type="button" class="menu-entry" disabled={address === null} onClick={() => { if (address !== null) go(address); }}><GitCompareArrows size={16} aria-hidden="true" /> {say.devices.compare}</button>
      <button type="button" class="menu-entry" onClick={onExport}><Download size={16} aria-hidden="true" /> {say.devices.export}</button>
      <button type="button" class="icon-button" aria-label={say.devices.clearSelection} onClick={onClear}><X size={16} aria-hidden="true" /></button>
    </div>
  );
}
