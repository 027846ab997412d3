// SPDX-License-Identifier: Apache-2.0
// Would this rule have been right? The rule as a sentence, beside it the past. What a sentence can't say is written as text.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { problemText } from "../../lib/problem";
import { emptyForm, formOf, lacking, ruleOf, type RuleForm } from "../../lib/rule-form";
import type { RuleBody } from "../../net/wire";
import { addRule, loadRuleBody, removeRule, saveRule } from "../../state/rule-bodies";
import { mayChange } from "../../state/session";
import { go, route } from "../router";
import { Past } from "./past";
import { RuleSentence } from "./rule-sentence";

/** "Create rule here" of a chart fills in the series and a limit. */
function formOfAddress(query: URLSearchParams): RuleForm {
  const device = query.get("device");
  const limit = Number(query.get("limit") ?? NaN);
  return {
    ...emptyForm, scoped: device === null ? [] : [device], sensor: query.get("sensor") ?? "",
    ...(Number.isFinite(limit) ? { threshold: limit } : {}),
  };
}

function textOf(body: RuleBody): string {
  const { id: _id, createdAt: _created, updatedAt: _updated, ...own } = body;
  return JSON.stringify(own, null, 2);
}

/** The object that was written, or null while it is none. */
function parsed(text: string): RuleBody | null {
  try {
    const raw: unknown = JSON.parse(text);
    return typeof raw === "object" && raw !== null && !Array.isArray(raw) ? (raw as RuleBody) : null;
  } catch {
    return null;
  }
}

function Editor({ saved }: { saved: RuleBody | null }) {
  const form = useSignal<RuleForm | null>(saved === null ? formOfAddress(route.peek().query) : formOf(saved));
  const text = useSignal<string | null>(form.peek() === null && saved !== null ? textOf(saved) : null);
  const problem = useSignal<string | null>(null);
  const written = text.value === null ? null : parsed(text.value);
  const body = text.value === null ? (form.value === null ? null : ruleOf(form.value)) : written;
  const missing = text.value === null && form.value !== null ? lacking(form.value) : null;
  const fail = (error: unknown): void => { problem.value = problemText(error); };
  const done = (): void => go("/alerts?tab=rules");
  const save = (): void => {
    if (body === null) return;
    problem.value = null;
    (saved === null ? addRule(body) : saveRule(String(saved["id"]), body, saved)).then(done, fail);
  };
  const toText = (): void => { text.value = textOf(body ?? {}); };
  const toSentence = (): void => {
    const next = formOf(written);
    if (next === null) problem.value = tools.rules.notASentence;
    else [form.value, text.value, problem.value] = [next, null, null];
  };
  return (
    <div class="rule-editor">
      <form class="card rule-form" onSubmit={(e) => { e.preventDefault(); save(); }}>
        {text.value === null && form.value !== null ? (
          <>
            <label class="form-field">{tools.rules.name}
              <input value={form.value.name} maxLength={256} placeholder={tools.rules.untitled} onInput={(e) => { if (form.value) form.value = { ...form.value, name: e.currentTarget.value }; }} />
            </label>
            <RuleSentence form={form.value} onChange={(next) => { form.value = next; }} />
          </>
        ) : (
          <label class="form-field">{tools.rules.asText}
            <textarea rows={18} spellcheck={false} value={text.value ?? ""} onInput={(e) => { text.value = e.currentTarget.value; }} />
          </label>
        )}
        {text.value !== null && written === null && <p class="problem">{tools.rules.noObject}</p>}
        {missing !== null && <p class="quiet">{tools.rules.missing[missing]}</p>}
        {problem.value !== null && <p class="problem" role="alert">{problem}</p>}
        <div class="form-acts">
          <button type="submit" class="button button-primary" disabled={body === null || missing !== null || !mayChange.value}>{saved === null ? tools.rules.create : tools.boards.save}</button>
          {text.value === null ? <button type="button" class="button" onClick={toText}>{tools.rules.toText}</button> : <button type="button" class="button" onClick={toSentence}>{tools.rules.toSentence}</button>}
          {saved !== null && mayChange.value && <button type="button" class="button" onClick={() => void removeRule(String(saved["id"])).then(done, fail)}>{tools.rules.delete}</button>}
        </div>
      </form>
      <Past form={text.value === null ? form.value : formOf(written)} body={text.value === null ? null : written} saved={saved === null ? null : String(saved["id"])} onChange={(next) => { form.value = next; }} />
    </div>
  );
}

export function RulePage({ id }: { id: string }) {
  const saved = useSignal<RuleBody | "loading" | "failed" | null>(id === "new" ? null : "loading");
  useEffect(() => {
    if (id !== "new") loadRuleBody(id).then((body) => { saved.value = body; }, () => { saved.value = "failed"; });
  }, [id]);
  const state = saved.value;
  return (
    <div class="page">
      <header class="device-head">
        <nav class="crumbs"><a href="/alerts?tab=rules">{tools.rules.title}</a></nav>
        <h1>{id === "new" ? tools.rules.new : typeof state === "object" && state !== null && typeof state["name"] === "string" ? state["name"] : tools.rules.one}</h1>
      </header>
      {state === "loading" && <p class="quiet">{say.loading}</p>}
      {state === "failed" && <p role="alert">{tools.rules.gone} <a href="/alerts?tab=rules">{tools.rules.toList}</a></p>}
      {typeof state !== "string" && <Editor saved={state} />}
    </div>
  );
}
