// SPDX-License-Identifier: Apache-2.0
// What a message holds, as it came or indented.

import { useState } from "preact/hooks";
import { say } from "../../i18n/say";
import type { Sample } from "../../net/wire";
import { CopyButton } from "../copy";

/** JSON with an indent; null when the text is none, or nothing would change. */
function indented(text: string): string | null {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    const pretty = JSON.stringify(JSON.parse(text), null, 2);
    return pretty === text ? null : pretty;
  } catch {
    return null;
  }
}

/** A payload as it came, or indented where it is JSON; with its copy and what was cut of it. */
export function Payload({ sample }: { sample: Sample }) {
  const [raw, setRaw] = useState(false);
  const shown = sample.payload ?? sample.payloadBase64;
  const pretty = sample.payload === null ? null : indented(sample.payload);
  return (
    <>
      <pre tabIndex={0} aria-label={sample.payload === null ? say.ingest.payloadBase64 : say.ingest.payload}>{shown === "" ? say.topics.emptyPayload : pretty !== null && !raw ? pretty : shown}</pre>
      {sample.payloadCut && <p class="caption">{say.topics.cut(sample.payloadBytes)}</p>}
      <p class="message-acts">
        <CopyButton text={shown} />
        {pretty !== null && <button type="button" class="button" aria-pressed={!raw} onClick={() => setRaw(!raw)}>{say.ingest.pretty}</button>}
      </p>
    </>
  );
}
