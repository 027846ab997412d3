// SPDX-License-Identifier: Apache-2.0
// Parts of the forms that say who is told: a field with its help and what is wrong with it, a list of chosen things, and saving.

import { useSignal, type Signal } from "@preact/signals";
import { X } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { tools } from "../../i18n/tools";
import { problemText } from "../../lib/problem";
import { fieldOf } from "../../state/channels";

const mostNamed = 5;

/** What the server refused: which member, and why. */
export interface Fault {
  readonly field: string;
  readonly why: string;
}

interface FieldProps {
  /** The member as the server calls it. */
  readonly name: string;
  readonly label: string;
  readonly help?: string;
  readonly fault: Fault | null;
  readonly children: (describedBy: string, wrong: boolean) => ComponentChildren;
}

export function Field({ name, label, help, fault, children }: FieldProps) {
  const id = useId();
  const wrong = fault?.field === name;
  return (
    <div class="told-field">
      <label>{label} {children(id, wrong)}</label>
      <span id={id}>{wrong && <span class="problem">{fault.why} </span>}{help !== undefined && <span class="quiet">{help}</span>}</span>
    </div>
  );
}

interface TextProps extends Omit<FieldProps, "children"> {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly type?: string;
  readonly required?: boolean;
  readonly placeholder?: string;
  readonly list?: string;
  readonly autocomplete?: string;
}

export function TextField({ value, onValue, type = "text", required = false, placeholder, list, autocomplete, ...field }: TextProps) {
  return (
    <Field {...field}>
      {(help, wrong) => <input type={type} value={value} maxLength={1024} required={required} placeholder={placeholder ?? ""} list={list ?? ""} autocomplete={autocomplete ?? "off"} aria-describedby={help} aria-invalid={wrong} onInput={(e) => onValue(e.currentTarget.value)} />}
    </Field>
  );
}

interface ManyProps {
  readonly name: string;
  readonly label: string;
  readonly help?: string;
  readonly fault: Fault | null;
  readonly chosen: readonly string[];
  /** What can be chosen, each with its words; `free`: what is not listed too. */
  readonly choices: readonly (readonly [string, string])[];
  readonly free?: boolean;
  readonly onChosen: (chosen: readonly string[]) => void;
}

/** Several of a list, each to be taken away again. */
export function ManyField({ name, label, help, fault, chosen, choices, free = false, onChosen }: ManyProps) {
  const id = useId();
  const text = useSignal("");
  const wordsOf = (value: string): string => choices.find(([v]) => v === value)?.[1] ?? value;
  const left = choices.filter(([v]) => !chosen.includes(v));
  const add = (typed: string): void => {
    const value = choices.find(([v, words]) => v === typed || words === typed)?.[0] ?? (free ? typed.trim() : "");
    if (value === "" || chosen.includes(value)) return;
    text.value = "";
    onChosen([...chosen, value]);
  };
  const wrong = fault?.field === name;
  return (
    <div class="told-field told-many" role="group" aria-label={label}>
      <span>{label}</span>
      {chosen.length > 0 && <ul class="picked">{chosen.map((v) => <li key={v}>{wordsOf(v)} <button type="button" class="icon-button" aria-label={tools.channels.takeAway(wordsOf(v))} onClick={() => onChosen(chosen.filter((c) => c !== v))}><X size={14} aria-hidden="true" /></button></li>)}</ul>}
      {free ? (
        <>
          <input aria-label={tools.channels.addTo(label)} list={`${id}-list`} value={text} maxLength={256} aria-describedby={id} aria-invalid={wrong} onInput={(e) => { text.value = e.currentTarget.value; if (choices.some(([v]) => v === e.currentTarget.value)) add(e.currentTarget.value); }}
            onChange={(e) => add(e.currentTarget.value)} onKeyDown={(e) => { if (e.key === "Enter") { e.preventDefault(); add(e.currentTarget.value); } }} />
          <datalist id={`${id}-list`}>{left.map(([v, words]) => <option key={v} value={v}>{words}</option>)}</datalist>
        </>
      ) : (
        <select aria-label={tools.channels.addTo(label)} value="" disabled={left.length === 0} aria-describedby={id} aria-invalid={wrong} onChange={(e) => { add(e.currentTarget.value); e.currentTarget.value = ""; }}>
          <option value="">{tools.channels.addOne}</option>{left.map(([v, words]) => <option key={v} value={v}>{words}</option>)}
        </select>
      )}
      <span id={id}>{wrong && <span class="problem">{fault.why} </span>}{help !== undefined && <span class="quiet">{help}</span>}</span>
    </div>
  );
}

/** Saves on submit. A refusal stays at its field and in the line at the end; what was changed by somebody else is said. */
export function useSaving(work: () => Promise<boolean>, onDone: () => void): { readonly fault: Signal<Fault | null>; readonly busy: Signal<boolean>; readonly send: (event: Event) => void } {
  const fault = useSignal<Fault | null>(null);
  const busy = useSignal(false);
  const send = (event: Event): void => {
    event.preventDefault();
    busy.value = true;
    fault.value = null;
    work().then((mine) => {
      if (mine) onDone();
      else fault.value = { field: "", why: tools.channels.changedMeanwhile };
    }, (e: unknown) => { fault.value = { field: fieldOf(e), why: problemText(e) }; }).finally(() => { busy.value = false; });
  };
  return { fault, busy, send };
}

export function FormEnd({ fault, busy, words, onCancel }: { fault: Fault | null; busy: boolean; words: string; onCancel: () => void }) {
  return (
    <div class="told-end form-acts">
      <button type="submit" class="button button-primary" disabled={busy}>{words}</button>
      <button type="button" class="button" onClick={onCancel}>{tools.alerting.cancel}</button>
      {fault && <p class="problem" role="alert">{tools.channels.notSaved(fault.field === "" ? fault.why : `${fault.field}: ${fault.why}`)}</p>}
    </div>
  );
}

/** Whether a thing is taken away is asked for by its name, with what depends on it. */
export function RemoveByName({ name, users, onRemove }: { name: string; users: () => Promise<readonly string[]>; onRemove: () => Promise<void> }) {
  const asked = useSignal(false);
  const typed = useSignal("");
  const used = useSignal<readonly string[]>([]);
  const problem = useSignal<string | null>(null);
  const ask = (): void => {
    asked.value = true;
    users().then((found) => { used.value = found; }, (e: unknown) => { problem.value = problemText(e); });
  };
  if (!asked.value) return <button type="button" class="link" aria-label={tools.channels.removeOne(name)} onClick={ask}>{tools.boards.remove}</button>;
  return (
    <span class="told-remove">
      {used.value.length > 0 && <span class="problem">{tools.channels.usedBy(`${used.value.slice(0, mostNamed).join(", ")}${used.value.length > mostNamed ? `, +${used.value.length - mostNamed}` : ""}`)}</span>}
      <label>{tools.channels.typeName(name)} <input value={typed} autocomplete="off" spellcheck={false} onInput={(e) => { typed.value = e.currentTarget.value; }} /></label>
      <button type="button" class="button" disabled={typed.value.trim() !== name} onClick={() => void onRemove().catch((e: unknown) => { problem.value = tools.channels.notChanged(problemText(e)); })}>{tools.channels.removeNow}</button>
      <button type="button" class="plain-act" onClick={() => { asked.value = false; typed.value = ""; problem.value = null; }}>{tools.alerting.cancel}</button>
      {problem.value !== null && <span class="problem" role="alert">{problem}</span>}
    </span>
  );
}
