// SPDX-License-Identifier: Apache-2.0
// Tokens of people and programs. A secret is shown once.

import { useState } from "preact/hooks";
import { say } from "../../i18n/say";
import { formatExact } from "../../lib/format";
import { problemText } from "../../lib/problem";
import type { Role } from "../../net/wire";
import { fetchTokens, makeToken, revokeToken } from "../../state/admin";
import { CopyButton } from "../copy";
import { Shown, usePolled } from "../polled";

const roles: readonly Role[] = ["viewer", "operator", "admin"];

export function Secret({ text, words }: { text: string; words: string }) {
  return (
    <div class="secret" role="status"><span>{words}</span><code>{text}</code><CopyButton text={text} /></div>
  );
}

/** Revoking asks for the name, in place: what cuts a device off is not done by a slip. */
export function Revoke({ name, onRevoke }: { name: string; onRevoke: () => Promise<void> }) {
  const [asked, ask] = useState(false);
  const [typed, type] = useState("");
  const [problem, setProblem] = useState("");
  if (!asked) return <button type="button" class="button" aria-label={`${say.settings.revoke}: ${name}`} onClick={() => ask(true)}>{say.settings.revoke}</button>;
  return (
    <>
      <label class="revoke-name">{say.startMore.typeName(name)}<input class="field" autofocus autocomplete="off" spellcheck={false} value={typed} onInput={(event) => type(event.currentTarget.value)} /></label>
      <button type="button" class="button" disabled={typed.trim() !== name} onClick={() => { onRevoke().catch((error: unknown) => setProblem(problemText(error))); }}>{say.settings.revokeNow}</button>{" "}
      <button type="button" class="button" onClick={() => ask(false)}>{say.settings.keep}</button>
      <span class="problem" role="alert">{problem}</span>
    </>
  );
}

export function Tokens() {
  const [state, again] = usePolled(fetchTokens, 10_000);
  const [role, setRole] = useState<Role>("viewer");
  const [secret, setSecret] = useState("");
  const [problem, setProblem] = useState("");
  const words = say.settings;
  const make = async (event: Event): Promise<void> => {
    event.preventDefault();
    setProblem("");
    try {
      setSecret(await makeToken(role));
      again();
    } catch (error) {
      setProblem(problemText(error));
    }
  };
  return (
    <section class="card settings-card" aria-labelledby="tokens">
      <h2 id="tokens">{words.tokens}</h2>
      <p class="quiet">{words.tokensExplain}</p>
      <form class="form-line" onSubmit={(event) => void make(event)}>
        <label>{words.role}
          <select class="field" value={role} onChange={(event) => setRole(roles.find((r) => r === event.currentTarget.value) ?? "viewer")}>
            {roles.map((r) => <option key={r} value={r}>{say.user.roles[r]}</option>)}
          </select>
        </label>
        <button type="submit" class="button button-primary">{words.makeToken}</button>
        <p class="problem" role="alert">{problem}</p>
      </form>
      {secret !== "" && <Secret text={secret} words={words.secretOnce} />}
      <Shown of={state} again={again}>
        {(tokens) => tokens.length === 0 ? <p class="quiet">{words.noTokens}</p> : (
          <div class="settings-scroll" tabIndex={0} role="group" aria-label={words.tokens}>
            <table class="settings-table">
              <thead><tr><th scope="col">{say.device.id}</th><th scope="col">{words.role}</th><th scope="col">{words.made}</th><th scope="col"><span class="visually-hidden">{words.revoke}</span></th></tr></thead>
              <tbody>{tokens.map((t) => <tr key={t.id}><td><code>{t.id}</code></td><td>{t.role}</td><td>{formatExact(t.createdAt)}</td><td><Revoke name={t.id} onRevoke={() => revokeToken(t.id).then(again)} /></td></tr>)}</tbody>
            </table>
          </div>
        )}
      </Shown>
    </section>
  );
}
