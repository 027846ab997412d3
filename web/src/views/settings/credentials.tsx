// SPDX-License-Identifier: Apache-2.0
// What devices log in with. The secret is shown once, with the lines a device needs.

import { useState } from "preact/hooks";
import { say } from "../../i18n/say";
import { formatExact } from "../../lib/format";
import { problemText } from "../../lib/problem";
import { fetchCredentials, makeCredential, revokeCredential } from "../../state/admin";
import { Shown, usePolled } from "../polled";
import { Revoke, Secret } from "./tokens";

export function Credentials() {
  const [state, again] = usePolled(fetchCredentials, 10_000);
  const [id, setId] = useState("");
  const [speaks, setSpeaks] = useState("");
  const [secret, setSecret] = useState<{ id: string; text: string } | null>(null);
  const [problem, setProblem] = useState("");
  const words = say.settings;
  const make = async (event: Event): Promise<void> => {
    event.preventDefault();
    setProblem("");
    try {
      setSecret({ id: id.trim(), text: await makeCredential(id.trim(), speaks.split(/[\s,]+/).filter((s) => s !== "")) });
      setId("");
      again();
    } catch (error) {
      setProblem(problemText(error));
    }
  };
  return (
    <section class="card settings-card" aria-labelledby="credentials">
      <h2 id="credentials">{words.credentials}</h2>
      <p class="quiet">{words.credentialsExplain}</p>
      <form class="form-line" onSubmit={(event) => void make(event)}>
        <label>{words.userName}<input class="field" value={id} maxLength={256} required aria-invalid={problem !== ""} onInput={(event) => setId(event.currentTarget.value)} /></label>
        <label>{words.speaksFor}<input class="field" value={speaks} placeholder={words.speaksForHow} onInput={(event) => setSpeaks(event.currentTarget.value)} /></label>
        <button type="submit" class="button button-primary" disabled={id.trim() === ""}>{words.makeCredential}</button>
        <p class="problem" role="alert">{problem}</p>
      </form>
      {secret && <Secret text={secret.text} words={words.passwordOnce(secret.id)} />}
      <Shown of={state} again={again}>
        {(all) => all.length === 0 ? <p class="quiet">{words.noCredentials}</p> : (
          <div class="settings-scroll" tabIndex={0} role="region" aria-label={words.credentials}>
            <table class="settings-table">
              <thead><tr><th scope="col">{words.userName}</th><th scope="col">{words.speaksFor}</th><th scope="col">{words.lastUsed}</th><th scope="col"><span class="visually-hidden">{words.revoke}</span></th></tr></thead>
              <tbody>
                {all.map((c) => (
                  <tr key={c.id}>
                    <td><code>{c.id}</code> {c.name}</td><td>{c.speaksFor.join(", ") || c.id}</td><td>{c.lastUsedAt === null ? words.never : formatExact(c.lastUsedAt)}</td>
                    <td>{c.revokedAt === null ? <Revoke name={c.id} onRevoke={() => revokeCredential(c.id).then(again)} /> : <span class="quiet">{words.revoked(formatExact(c.revokedAt))}</span>}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Shown>
    </section>
  );
}
