// SPDX-License-Identifier: Apache-2.0
// One field for a token: a page of its own for who comes, a dialog over the page for whose login ended.

import { useState } from "preact/hooks";
import { say } from "../i18n/say";
import { problemText } from "../lib/problem";
import { restart } from "../state/connection";
import { login, session } from "../state/session";
import { Drawer } from "./drawer";
import { Lamp } from "./lamp";
import { go, route } from "./router";

function next(): void {
  if (route.peek().segments[0] === "login") go("/");
}

function LoginForm({ onDone }: { onDone: () => void }) {
  const [token, setToken] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    try {
      await login(token.trim());
      if (session.peek() === null) throw new Error(say.login.wrong);
      restart();
      onDone();
    } catch (error) {
      setProblem(say.login.failed(problemText(error)));
    }
    setBusy(false);
  };
  return (
    <form class="login-form" onSubmit={(event) => void submit(event)}>
      <label for="token">{say.login.token}</label>
      <input id="token" class="field" type="password" autocomplete="current-password" autofocus required
        value={token} onInput={(event) => setToken(event.currentTarget.value)}
        aria-describedby="token-help token-problem" aria-invalid={problem !== ""} />
      <p id="token-help" class="caption">{say.login.help}</p>
      <p id="token-problem" class="problem" role="alert">{problem}</p>
      <button type="submit" class="button button-primary" disabled={busy || token.trim() === ""}>{say.login.submit}</button>
    </form>
  );
}

export function LoginPage() {
  const who = session.value;
  return (
    <main class="login" id="main">
      <div class="card login-card">
        <div class="brand"><Lamp /><span>{say.product}</span></div>
        <h1>{say.login.title}</h1>
        {who && !who.auth && <p class="quiet">{say.login.open} <a href="/">{say.toOverview}</a></p>}
        <LoginForm onDone={next} />
      </div>
    </main>
  );
}

const stay = (): void => undefined;

/** Over a page whose login ended: what was typed there stays. */
export function LoginDialog({ onClose }: { onClose: () => void }) {
  return <Drawer title={say.loginEnded} onClose={onClose}><div class="login-drawer"><p class="quiet">{say.loginKeeps}</p><LoginForm onDone={stay} /></div></Drawer>;
}
