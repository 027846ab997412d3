// SPDX-License-Identifier: Apache-2.0
// What can be done with the chosen alerts together, and what became of it: how many, which were refused and why, and the way back.

import { useSignal } from "@preact/signals";
import { BellOff, X } from "lucide-preact";
import { useEffect } from "preact/hooks";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { acknowledgeAll, snoozeAll, takeBackAll, type Outcome } from "../../state/alert-bulk";
import type { Shown } from "../../state/alerts";
import { fresh } from "../../state/connection";
import { deviceName } from "../alert-text";
import { Popover } from "../popover";
import { SnoozeChoices } from "./snooze";

type Act = "acknowledged" | "snoozed" | "taken back";
/** As long as a single acknowledgement can be taken back. */
const undoMs = 10_000;
const mostNamed = 3;

interface Done {
  readonly act: Act;
  readonly outcome: Outcome;
  readonly undoable: boolean;
}

interface Props {
  readonly chosen: readonly Shown[];
  /** How many could be chosen. */
  readonly all: number;
  readonly onAll: () => void;
  readonly onClear: () => void;
}

function Told({ done, names, undo, close }: { done: Done; names: ReadonlyMap<string, string>; undo: () => void; close: () => void }) {
  const words = tools.alerting;
  const { refused } = done.outcome;
  return (
    <>
      <b role="status">{words.bulkDone(done.act, done.outcome.done.length)}</b>
      {refused.length > 0 && (
        <span class="problem" role="alert">
          {words.bulkRefused(refused.length, refused.slice(0, mostNamed).map((r) => `${names.get(r.id) ?? r.id}: ${r.why === "" ? words.tooManyWait : r.why}`).join("; "))}
        </span>
      )}
      {done.undoable && done.outcome.done.length > 0 && <button type="button" class="button bulk-undo" onClick={undo}>{say.alerts.undo}</button>}
      <button type="button" class="icon-button" aria-label={say.events.close} onClick={close}><X size={16} aria-hidden="true" /></button>
    </>
  );
}

export function AlertBulk({ chosen, all, onAll, onClear }: Props) {
  const done = useSignal<Done | null>(null);
  const names = useSignal<ReadonlyMap<string, string>>(new Map());
  const note = useSignal("");
  const working = useSignal(false);
  const words = tools.alerting;
  useEffect(() => {
    if (done.value?.undoable !== true) return;
    const timer = setTimeout(() => { done.value = done.value && { ...done.value, undoable: false }; }, undoMs);
    return () => clearTimeout(timer);
  }, [done.value]);
  const run = (act: Act, work: Promise<Outcome>): void => {
    working.value = true;
    void work.then((outcome) => {
      working.value = false;
      done.value = { act, outcome, undoable: act === "acknowledged" };
    });
    if (act !== "taken back") names.value = new Map(chosen.map((a) => [a.id, deviceName(a.deviceId)]));
    onClear();
    note.value = "";
  };
  const acknowledge = (event: Event): void => {
    event.preventDefault();
    const ids = chosen.filter((a) => !a.acknowledged).map((a) => a.id);
    run("acknowledged", acknowledgeAll(ids, fresh.peek(), note.peek().trim()));
  };
  if (chosen.length === 0) {
    const told = done.value;
    return told === null ? null : <div class="bulk alert-bulk"><Told done={told} names={names.value} undo={() => run("taken back", takeBackAll(told.outcome.done))} close={() => { done.value = null; }} /></div>;
  }
  const ids = chosen.map((a) => a.id);
  return (
    <div class="bulk alert-bulk" role="region" aria-label={words.bulk}>
      <b role="status">{words.chosen(chosen.length)}</b>
      {chosen.length < all && <button type="button" class="plain-act" onClick={onAll}>{words.chooseAll(all)}</button>}
      <form onSubmit={acknowledge}>
        <input aria-label={words.note} placeholder={words.noteHint} value={note} maxLength={1024} onInput={(e) => { note.value = e.currentTarget.value; }} />
        <button type="submit" class="button button-primary bulk-acknowledge" disabled={working.value || chosen.every((a) => a.acknowledged)}>{say.alerts.acknowledge}</button>
      </form>
      <Popover label={words.snooze} className="plain-act" align="end" button={<><BellOff size={16} aria-hidden="true" /> {words.snooze}</>}>
        {(close) => <SnoozeChoices onEnd={(end) => { close(); run("snoozed", snoozeAll(ids, end, fresh.peek())); }} />}
      </Popover>
      <button type="button" class="icon-button" aria-label={words.clearChoice} onClick={onClear}><X size={16} aria-hidden="true" /></button>
    </div>
  );
}
