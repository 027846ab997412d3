// SPDX-License-Identifier: Apache-2.0
// Where messages come from: our listener, the brokers that are dialled; and the way to their topics.

import { say } from "../../i18n/say";
import { formatCount, formatExact } from "../../lib/format";
import { fetchLinks } from "../../state/admin";
import { session } from "../../state/session";
import { Shown, usePolled } from "../polled";

export function Ingest() {
  const [state, again] = usePolled(fetchLinks, 3000);
  const words = say.settings;
  const port = session.value?.mqttPort ?? null;
  return (
    <>
      <section class="card settings-card" aria-labelledby="listener">
        <h2 id="listener">{words.listener}</h2>
        <p>{port === null ? words.noListener : <code>{`mqtt://${location.hostname}:${port}`}</code>} <a href="/start">{say.start.title}</a></p>
        <p><a href="/topics">{words.toTopics}</a></p>
      </section>
      <section class="card settings-card" aria-labelledby="links">
        <h2 id="links">{words.links}</h2>
        <Shown of={state} again={again}>
          {(links) => links.length === 0 ? <p class="quiet">{words.noLinks}</p> : (
            <div class="settings-scroll" tabIndex={0} role="region" aria-label={words.links}>
              <table class="settings-table">
                <thead><tr><th scope="col">{words.broker}</th><th scope="col">{words.state}</th><th scope="col" class="cell-number">{words.messages}</th><th scope="col">{words.lastError}</th></tr></thead>
                <tbody>{links.map((l) => <tr key={l.name + l.address}><td><b>{l.name || l.address}</b> {l.name !== "" && <code>{l.address}</code>} {l.tls && "TLS"}</td><td title={l.since === null ? undefined : formatExact(l.since)}>{l.state}</td><td class="cell-number">{formatCount(l.messages)}</td><td>{l.lastError || "–"}</td></tr>)}</tbody>
              </table>
            </div>
          )}
        </Shown>
      </section>
    </>
  );
}
