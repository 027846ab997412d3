// SPDX-License-Identifier: Apache-2.0
// The last messages of a device as they came, and what became of each. Newer ones come by themselves,
// but never under a pointer, a focus or an open message: there they wait until they are asked for.

import { Pause, Play, Search, X } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { say } from "../../i18n/say";
import type { Message } from "../../net/wire";
import { fetchMessages } from "../../state/topics";
import { Shown, usePolled } from "../polled";
import { MessageRow } from "../topics/message-row";

const everyMs = 2000;

function fits(m: Message, words: string): boolean {
  const text = `${m.topic} ${m.payload ?? ""}`.toLowerCase();
  return words.toLowerCase().split(/\s+/).every((w) => text.includes(w));
}

/** The list as it stands still while `held`, how many newer ones wait, and the way to have them. */
function useStill(latest: readonly Message[], held: boolean): readonly [readonly Message[], number, () => void] {
  const shown = useRef(latest);
  const [, redraw] = useState(0);
  if (!held) shown.current = latest;
  const newest = shown.current.reduce((id, m) => Math.max(id, m.id), 0);
  const take = (): void => {
    shown.current = latest;
    redraw((n) => n + 1);
  };
  return [shown.current, latest.filter((m) => m.id > newest).length, take];
}

function NoneFits({ words, onClear }: { words: string; onClear: () => void }) {
  return <p class="empty">{say.ingest.noneFits} <button type="button" class="button" onClick={onClear}><X size={16} aria-hidden="true" />{say.ingest.clear(words)}</button></p>;
}

function List({ latest, paused, onPause }: { latest: readonly Message[]; paused: boolean; onPause: (paused: boolean) => void }) {
  const [inside, setInside] = useState(false);
  const [focused, setFocused] = useState(false);
  const [open, setOpen] = useState<string | null>(null);
  const [words, setWords] = useState("");
  const [still, waiting, take] = useStill(latest, paused || inside || focused || open !== null);
  const found = words.trim() === "" ? still : still.filter((m) => fits(m, words.trim()));
  const most = still.reduce((n, m) => Math.max(n, m.oneIn), 1);
  return (
    <>
      <div class="message-bar">
        <label class="search">
          <Search size={16} aria-hidden="true" />
          <input type="search" aria-label={say.ingest.find} placeholder={say.ingest.find} value={words} maxLength={200} onInput={(event) => setWords(event.currentTarget.value)} />
        </label>
        <button type="button" class="button" onClick={() => onPause(!paused)}>
          {paused ? <Play size={16} aria-hidden="true" /> : <Pause size={16} aria-hidden="true" />}{paused ? say.ingest.resume : say.ingest.pause}
        </button>
        {paused && <span class="quiet">{say.ingest.paused}</span>}
        {waiting > 0 && <button type="button" class="chip" onClick={take}>{say.ingest.newer(waiting)}</button>}
        <span class="quiet message-count">{say.ingest.shown(found.length)}</span>
      </div>
      {most > 1 && <p class="caption">{say.ingest.oneIn(most)}</p>}
      {found.length === 0 ? <NoneFits words={words.trim()} onClear={() => setWords("")} /> : (
        <ul class="card topic-rows" onPointerEnter={(e) => setInside(e.pointerType === "mouse")} onPointerLeave={() => setInside(false)}
          onFocusIn={() => setFocused(true)} onFocusOut={() => setFocused(false)}>
          {found.map((m) => <MessageRow key={m.key} message={m} open={m.key === open} onToggle={() => setOpen(m.key === open ? null : m.key)} />)}
        </ul>
      )}
    </>
  );
}

export function MessagesTab({ device }: { device: string }) {
  const [paused, setPaused] = useState(false);
  const kept = useRef<readonly Message[] | null>(null);
  const [state, again] = usePolled(() => (kept.current ? Promise.resolve(kept.current) : fetchMessages(device)), everyMs);
  const pause = (yes: boolean): void => {
    kept.current = yes && state && "value" in state ? state.value : null;
    setPaused(yes);
    again();
  };
  return (
    <section aria-labelledby="messages">
      <h2 id="messages" class="visually-hidden">{say.ingest.messages}</h2>
      <p class="quiet">{say.ingest.messagesHow}</p>
      <Shown of={state} again={again}>
        {(latest) => latest.length === 0
          ? <p class="empty">{say.ingest.noMessages} {say.ingest.noMessagesHow}</p>
          : <List latest={latest} paused={paused} onPause={pause} />}
      </Shown>
    </section>
  );
}
