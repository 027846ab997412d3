// SPDX-License-Identifier: Apache-2.0
// One field for a token. The page asked for opens behind it.

import { useState } from "preact/hooks";
import { say } from "../i18n/say";
import { restart } from "../state/connection";
import { login, session } from "../state/session";
import { Lamp } from "./lamp";
import { go, route } from "./router";

function next(): void {
  if (route.peek().segments[0] === "login") go("/");
}

export function LoginPage() {
  const [token, setToken] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const who = session.value;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    try {
      await login(token.trim());
      if (session.peek() === null) throw new Error(say.login.wrong);
      restart();
      next();
    } catch (error) {
      setProblem(error instanceof Error ? say.login.failed(error.message) : say.login.wrong);
    }
    setBusy(false);
  };
  return (
    <main class="login" id="main">
      <form class="card login-card" onSubmit={(event) => void submit(event)}>
        <div class="brand"><Lamp /><span>{say.product}</span></div>
        <h1>{say.login.title}</h1>
        {who && !who.auth && <p class="quiet">{say.login.open} <a href="/">{say.toOverview}</a></p>}
        <label for="token">{say.login.token}</label>
        <input id="token" class="field" type="password" autocomplete="current-password" autofocus required
          value={token} onInput={(event) => setToken(event.currentTarget.value)}
          aria-describedby="token-help token-problem" aria-invalid={problem !== ""} />
        <p id="token-help" class="caption">{say.login.help}</p>
        <p id="token-problem" class="problem" role="alert">{problem}</p>
        <button type="submit" class="button button-primary" disabled={busy || token.trim() === ""}>{say.login.submit}</button>
      </form>
    </main>
  );
}
