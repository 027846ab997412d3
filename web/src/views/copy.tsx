// SPDX-License-Identifier: Apache-2.0
// Text to take along, with a button that copies it and says so.

import { Check, Copy } from "lucide-preact";
import { useState } from "preact/hooks";
import { say } from "../i18n/say";
import { attempt } from "../state/told";

const toldMs = 2000;

/** A browser lends its clipboard to pages of https and of this machine only. */
export async function copyText(text: string): Promise<void> {
  if (!navigator.clipboard) throw new Error(say.noClipboard);
  await navigator.clipboard.writeText(text);
}

export function CopyButton({ text }: { text: string }) {
  const [done, setDone] = useState(false);
  const copy = (): void => {
    attempt(copyText(text).then(() => {
      setDone(true);
      setTimeout(() => setDone(false), toldMs);
    }));
  };
  return <button type="button" class="button" onClick={copy}>{done ? <Check size={16} aria-hidden="true" /> : <Copy size={16} aria-hidden="true" />}<span role="status">{done ? say.copied : say.copy}</span></button>;
}

export function CopyBox({ text }: { text: string }) {
  return <div class="copy-box"><pre tabIndex={0}><code>{text}</code></pre><CopyButton text={text} /></div>;
}
