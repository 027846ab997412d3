// SPDX-License-Identifier: Apache-2.0
// One field for a token. The page asked for opens behind it.

import { useState } from "preact/hooks";
import { en } from "../i18n/en";
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
      if (session.peek() === null) throw new Error(en.login.wrong);
      restart();
      next();
    } catch (error) {
      setProblem(error instanceof Error ? en.login.failed(error.message) : en.login.wrong);
    }
    setBusy(false);
  };
  return (
    <main class="login" id="main">
      <form class="card login-card" onSubmit={(event) => void submit(event)}>
        <div class="brand"><Lamp /><span>{en.product}</span></div>
        <h1>{en.login.title}</h1>
        {who && !who.auth && <p class="quiet">{en.login.open} <a href="/">{en.toOverview}</a></p>}
        <label for="token">{en.login.token}</label>
        <input id="token" class="field" type="password" autocomplete="current-password" autofocus required
          value={token} onInput={(event) => setToken(event.currentTarget.value)}
          aria-describedby="token-help token-problem" aria-invalid={problem !== ""} />
        <p id="token-help" class="caption">{en.login.help}</p>
        <p id="token-problem" class="problem" role="alert">{problem}</p>
        <button type="submit" class="button button-primary" disabled={busy || token.trim() === ""}>{en.login.submit}</button>
      </form>
    </main>
  );
}
