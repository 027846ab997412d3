// SPDX-License-Identifier: Apache-2.0
// Would this rule have been right? The rule as a sentence, beside it the past. What a sentence can't say is written as text.

import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { say } from "../../i18n/say";
import { tools } from "../../i18n/tools";
import { missing as missingOf } from "../../lib/firings";
import { problemText } from "../../lib/problem";
import { emptyForm, formOf, lacking, ruleOf, type RuleForm } from "../../lib/rule-form";
import type { Backtest, Firing, RuleBody } from "../../net/wire";
import { BacktestJob } from "../../state/backtest";
import { serverNow } from "../../state/clock";
import { addRule, loadRuleBody, removeRule, saveRule } from "../../state/rule-bodies";
import { mayChange } from "../../state/session";
import { go, route } from "../router";
import { Past, type Days } from "./past";
import { RuleSentence } from "./rule-sentence";
import { inWords, sentenceOf } from "./rules-list";
import { Against, HowOften } from "./verdict";

const day = 86_400_000;

/** "Create rule here" of a chart fills in the series and a limit. */
function formOfAddress(query: URLSearchParams): RuleForm {
  const device = query.get("device");
  const limit = query.get("limit") === null ? NaN : Number(query.get("limit"));
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

/** The rule over the past, renewed a moment after each edit. */
function useBacktest(rule: object | null, from: number, to: number): BacktestJob {
  const job = useMemo(() => new BacktestJob(), []);
  const key = rule === null ? "" : JSON.stringify(rule);
  useEffect(() => {
    if (rule === null) job.clear();
    else job.ask(rule, from, to, null);
    return () => job.stop();
  }, [key, from, to]);
  return job;
}

const resultOf = (job: BacktestJob): Backtest | null => {
  const state = job.state.value;
  return state.kind === "ready" ? state.result : state.kind === "asking" ? state.before : null;
};

function Editor({ saved, id, title }: { saved: RuleBody | null; id: string; title: string }) {
  const begin = saved === null ? formOfAddress(route.peek().query) : formOf(saved);
  const form = useSignal<RuleForm | null>(begin);
  const text = useSignal<string | null>(begin === null && saved !== null ? textOf(saved) : null);
  const problem = useSignal<string | null>(null);
  const days = useSignal<Days>(7);
  const shows = useSignal(false);
  const sure = useSignal(false);
  const [from, to] = useMemo(() => {
    const end = serverNow();
    return [end - days.value * day, end];
  }, [days.value]);
  const written = text.value === null ? null : parsed(text.value);
  const body = text.value === null ? (form.value === null ? null : ruleOf(form.value)) : written;
  const missing = text.value === null && form.value !== null ? lacking(form.value) : null;
  const job = useBacktest(missing === null ? body : null, from, to);
  // A rule that is off would never have fired: what it says is what is compared.
  const before = useBacktest(saved === null ? null : { ...JSON.parse(textOf(saved)) as RuleBody, enabled: true }, from, to);
  const [now, then] = [resultOf(job), resultOf(before)];
  const more: readonly Firing[] = now && then ? missingOf(now.firings, then.firings, to) : [];
  const fewer: readonly Firing[] = now && then ? missingOf(then.firings, now.firings, to) : [];
  const changed = saved === null || JSON.stringify(body) !== JSON.stringify(begin === null ? parsed(textOf(saved)) : ruleOf(begin));
  const fail = (error: unknown): void => { problem.value = tools.rules.notSaved(problemText(error)); };
  const done = (): void => go("/alerts?tab=rules");
  const save = (): void => {
    if (body === null || missing !== null) return;
    problem.value = null;
    (saved === null ? addRule(body) : saveRule(String(saved["id"]), body, saved)).then(done, fail);
  };
  const discard = (): void => {
    [form.value, text.value, problem.value] = [begin, begin === null && saved !== null ? textOf(saved) : null, null];
  };
  const toText = (): void => { text.value = textOf(body ?? {}); };
  const toSentence = (): void => {
    const next = formOf(written);
    if (next === null) problem.value = tools.rules.notASentence;
    else [form.value, text.value, problem.value] = [next, null, null];
  };
  const change = (next: RuleForm): void => { form.value = next; };
  const words = tools.rules;
  return (
    <>
      <header class="device-head rule-head">
        <div>
          <nav class="crumbs"><a href="/alerts">{say.alerts.title}</a> / <a href="/alerts?tab=rules">{words.title}</a></nav>
          <h1>{title}{changed && saved !== null && <span class="quiet rule-unsaved"> {words.unsaved}</span>}</h1>
        </div>
        <div class="form-acts">
          {saved !== null && mayChange.value && (sure.value
            ? <><button type="button" class="button" onClick={() => void removeRule(String(saved["id"])).then(done, fail)}>{words.deleteNow}</button><button type="button" class="plain-act" onClick={() => { sure.value = false; }}>{tools.alerting.cancel}</button></>
            : <button type="button" class="plain-act" onClick={() => { sure.value = true; }}>{words.delete}</button>)}
          {saved !== null && changed && <button type="button" class="plain-act" onClick={discard}>{words.discard}</button>}
          {text.value === null ? <button type="button" class="button" onClick={toText}>{words.toText}</button> : <button type="button" class="button" onClick={toSentence}>{words.toSentence}</button>}
          <button type="submit" form={`rule-${id}`} class="button button-primary" disabled={body === null || missing !== null || !mayChange.value} title={mayChange.value ? undefined : words.needsRole}>{saved === null ? words.create : words.save}</button>
        </div>
      </header>
      {problem.value !== null && <p class="problem" role="alert">{problem}</p>}
      <div class="rule-editor">
        <div class="rule-side">
          <form id={`rule-${id}`} class="card rule-form" aria-label={words.one} onSubmit={(e) => { e.preventDefault(); save(); }}>
            {text.value === null && form.value !== null ? (
              <>
                <label class="form-field">{words.name}
                  <input value={form.value.name} maxLength={256} placeholder={words.untitled} onInput={(e) => { if (form.value) form.value = { ...form.value, name: e.currentTarget.value }; }} />
                </label>
                <RuleSentence form={form.value} onChange={change} />
                {Object.keys(form.value.kept).length > 0 && <p class="quiet">{words.keeps(Object.keys(form.value.kept).join(", "))}</p>}
              </>
            ) : (
              <label class="form-field">{words.asText}
                <textarea rows={18} spellcheck={false} value={text.value ?? ""} onInput={(e) => { text.value = e.currentTarget.value; }} />
              </label>
            )}
            {text.value !== null && written === null && <p class="problem">{words.noObject}</p>}
            {missing !== null && <p class="quiet">{words.missing[missing]}</p>}
            {!mayChange.value && <p class="quiet">{words.needsRole}</p>}
          </form>
          {body !== null && missing === null && <section class="card rule-card" aria-labelledby="in-words"><h2 id="in-words">{words.inWords}</h2><p>{inWords(body)}</p></section>}
          {saved !== null && now && then && <Against saved={sentenceOf(saved)} more={more.length} fewer={fewer.length} shows={shows.value} onShow={() => { shows.value = !shows.value; }} />}
          {now && now.count > 0 && <HowOften result={now} days={days.value} />}
        </div>
        <Past form={text.value === null ? form.value : formOf(written)} state={job.state.value} from={from} to={to} days={days.value} onDays={(d) => { days.value = d; }} fresh={shows.value && more.length > 0 ? more : null} onChange={change} />
      </div>
    </>
  );
}

export function RulePage({ id }: { id: string }) {
  const saved = useSignal<RuleBody | "loading" | "failed" | null>(id === "new" ? null : "loading");
  useEffect(() => {
    if (id !== "new") loadRuleBody(id).then((body) => { saved.value = body; }, () => { saved.value = "failed"; });
  }, [id]);
  const state = saved.value;
  const title = id === "new" ? tools.rules.new : typeof state === "object" && state !== null && typeof state["name"] === "string" && state["name"] !== "" ? state["name"] : tools.rules.one;
  return (
    <div class="page">
      {typeof state === "string" && <header class="device-head"><nav class="crumbs"><a href="/alerts?tab=rules">{tools.rules.title}</a></nav><h1>{title}</h1></header>}
      {state === "loading" && <p class="quiet">{say.loading}</p>}
      {state === "failed" && <p role="alert">{tools.rules.gone} <a href="/alerts?tab=rules">{tools.rules.toList}</a></p>}
      {typeof state !== "string" && <Editor saved={state} id={id} title={title} />}
    </div>
  );
}
