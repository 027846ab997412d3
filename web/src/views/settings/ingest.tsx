// SPDX-License-Identifier: Apache-2.0
// Where messages come from and what becomes of them: our listener, the brokers that are dialled, the
// topics that came in, and the mappings that say what they mean.

import { useEffect, useRef } from "preact/hooks";
import { say } from "../../i18n/say";
import { formatCount, formatExact, formatNumber } from "../../lib/format";
import { fetchLinks, type Link } from "../../state/admin";
import { session } from "../../state/session";
import { topics, watchTopics } from "../../state/topics";
import { Shown, usePolled } from "../polled";
import { TopicList } from "../topics/topics-page";
import { Mappings } from "./mappings";

/** More are on their own page. */
const mostTopics = 20;

/** Messages a second of each link since it was asked before. */
function useRates(links: readonly Link[] | null): (l: Link) => number | null {
  const before = useRef(new Map<string, { readonly messages: number; readonly at: number }>());
  const rates = useRef(new Map<string, number>());
  useEffect(() => {
    const at = performance.now();
    for (const l of links ?? []) {
      const key = l.name + l.address;
      const last = before.current.get(key);
      if (last && at - last.at > 500) rates.current.set(key, Math.max(0, l.messages - last.messages) / ((at - last.at) / 1000));
      before.current.set(key, { messages: l.messages, at });
    }
  }, [links]);
  return (l) => rates.current.get(l.name + l.address) ?? null;
}

/** The first of the topics as they come, what is not understood before the rest. */
function Tree() {
  useEffect(() => watchTopics("", null), []);
  const state = topics.value;
  return (
    <section class="settings-card" aria-labelledby="tree">
      <h2 id="tree">{say.ingest.tree}</h2>
      <p class="quiet">{say.ingest.treeHow} <a href="/topics">{say.settings.toTopics}</a></p>
      {state === "loading" ? <div class="waiting" aria-hidden="true" />
        : "problem" in state ? <p class="problem" role="alert">{state.problem}</p>
          : <TopicList page={state} most={mostTopics} />}
    </section>
  );
}

export function Ingest() {
  const [state, again] = usePolled(fetchLinks, 3000);
  const rate = useRates(state && "value" in state ? state.value : null);
  const words = say.settings;
  const port = session.value?.mqttPort ?? null;
  return (
    <>
      <section class="card settings-card" aria-labelledby="listener">
        <h2 id="listener">{words.listener}</h2>
        <p>{port === null ? words.noListener : <code>{`mqtt://${location.hostname}:${port}`}</code>} <a href="/start">{say.start.title}</a></p>
      </section>
      <section class="card settings-card" aria-labelledby="links">
        <h2 id="links">{words.links}</h2>
        <Shown of={state} again={again}>
          {(links) => links.length === 0 ? <p class="quiet">{words.noLinks}</p> : (
            <div class="settings-scroll" tabIndex={0} role="region" aria-label={words.links}>
              <table class="settings-table">
                <thead><tr><th scope="col">{words.broker}</th><th scope="col">{words.state}</th><th scope="col" class="cell-number">{words.messages}</th><th scope="col" class="cell-number">{say.startMore.rate}</th><th scope="col">{words.lastError}</th></tr></thead>
                <tbody>{links.map((l) => <tr key={l.name + l.address}><td><b>{l.name || l.address}</b> {l.name !== "" && <code>{l.address}</code>} {l.tls && "TLS"}</td><td title={l.since === null ? undefined : formatExact(l.since)}>{l.state}</td><td class="cell-number">{formatCount(l.messages)}</td><td class="cell-number">{formatNumber(rate(l), 1)}{"\u202f"}/s</td><td>{l.lastError || "–"}</td></tr>)}</tbody>
              </table>
            </div>
          )}
        </Shown>
      </section>
      <Tree />
      <Mappings />
    </>
  );
}
