// SPDX-License-Identifier: Apache-2.0
// A mapping in a form: what it would make of the last messages is seen before it is saved.

import { useId, useState } from "preact/hooks";
import { say } from "../../i18n/say";
import { formatParts } from "../../lib/format";
import { bodyOf, faultOf, firstKeys, moreKeys, saveMapping, testMapping, type Draft, type Fault, type Mapping, type MappingTrial } from "../../state/mappings";
import { session } from "../../state/session";
import { MessageRow } from "./message-row";

function Field({ name, draft, fault, onInput }: { name: string; draft: Draft; fault: Fault | null; onInput: (name: string, value: string) => void }) {
  const id = useId();
  const wrong = fault?.key === name ? fault.words : "";
  const hint = say.ingest.hints[name] ?? "";
  return (
    <div class="mapping-field">
      <label for={id}>{say.ingest.keys[name] ?? name}</label>
      <input id={id} class="field" value={draft[name] ?? ""} maxLength={2000} spellcheck={false} autocomplete="off" required={name === "topic"}
        aria-invalid={wrong !== ""} aria-describedby={`${id}-how`} onInput={(event) => onInput(name, event.currentTarget.value)} />
      <p id={`${id}-how`} class={wrong === "" ? "caption" : "problem"}>{wrong === "" ? hint : wrong}</p>
    </div>
  );
}

/** The messages with what would become of each. */
function Results({ trial }: { trial: MappingTrial }) {
  const [open, setOpen] = useState<string | null>(null);
  const already = trial.messages.filter((m) => m.then !== null && !m.other && m.dropped === null && m.records.length > 0).length;
  const words = formatParts(say.ingest.tried(trial.gave, trial.messages.length), already > 0 ? say.ingest.already(already) : "", trial.others > 0 ? say.ingest.taken(trial.others) : "", trial.cut > 0 ? say.ingest.cutShort(trial.cut) : "");
  return (
    <>
      <p role="status"><b>{words}</b></p>
      {trial.messages.length > 0 && (
        <ul class="topic-rows mapping-results" aria-label={say.ingest.results}>
          {trial.messages.map((m) => (
            <MessageRow key={m.key} open={m.key === open} onToggle={() => setOpen(m.key === open ? null : m.key)}
              message={m.then === null ? m : { ...m, ...m.then, recordsTotal: m.then.records.length, note: m.other ? say.ingest.byOther : m.then.note }} />
          ))}
        </ul>
      )}
    </>
  );
}

type Doing = "nothing" | "trying" | "saving" | "saved";

/** `of`: the saved mapping that is changed; null: a new one. */
export function MappingForm({ of, begin, onClose }: { of: Mapping | null; begin: Draft; onClose: () => void }) {
  const [draft, setDraft] = useState(begin);
  const [fault, setFault] = useState<Fault | null>(null);
  const [trial, setTrial] = useState<MappingTrial | null>(null);
  const [doing, setDoing] = useState<Doing>("nothing");
  const admin = session.value?.role === "admin";
  const input = (name: string, value: string): void => {
    setDraft({ ...draft, [name]: value });
    setFault(null);
    setDoing("nothing");
  };
  const act = (what: Doing, doIt: () => Promise<Doing>): void => {
    setDoing(what);
    setFault(null);
    doIt().then(setDoing, (error: unknown) => {
      const wrong = faultOf(error);
      setFault(what === "saving" && wrong.key === "" ? { key: "", words: say.ingest.notSaved(wrong.words) } : wrong);
      setDoing("nothing");
    });
  };
  const tryIt = (): void => act("trying", () => testMapping(bodyOf(draft), of?.id ?? null).then((t) => { setTrial(t); return "nothing"; }));
  const save = (): void => act("saving", () => saveMapping(of, bodyOf(draft)).then((kept) => {
    if (kept === null) throw new Error(say.ingest.changedMeanwhile);
    return "saved";
  }));
  const opened = moreKeys.some((k) => (begin[k] ?? "") !== "" || fault?.key === k);
  return (
    <form class="mapping-form" aria-label={say.ingest.keys["topic"]} onSubmit={(event) => { event.preventDefault(); tryIt(); }}>
      <div class="mapping-fields">{firstKeys.map((k) => <Field key={k} name={k} draft={draft} fault={fault} onInput={input} />)}</div>
      <details open={opened}>
        <summary>{say.ingest.more}</summary>
        <div class="mapping-fields">{moreKeys.map((k) => <Field key={k} name={k} draft={draft} fault={fault} onInput={input} />)}</div>
      </details>
      {fault !== null && <p class="problem" role="alert">{fault.key === "" ? fault.words : `${say.ingest.keys[fault.key] ?? fault.key}: ${fault.words}`}</p>}
      <p class="message-acts">
        <button type="submit" class="button" disabled={doing === "trying"}>{say.ingest.test}</button>
        {admin && <button type="button" class="button button-primary" disabled={doing === "saving" || doing === "saved"} onClick={save}>{say.ingest.save}</button>}
        <button type="button" class="button" onClick={onClose}>{doing === "saved" ? say.ingest.close : say.ingest.cancel}</button>
        {!admin && <span class="quiet">{say.ingest.onlyAdmins}</span>}
      </p>
      <p role="status">{doing === "saved" ? say.ingest.saved : ""}</p>
      {trial !== null && <Results trial={trial} />}
    </form>
  );
}
