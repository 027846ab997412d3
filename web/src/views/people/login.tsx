// SPDX-License-Identifier: Apache-2.0
// Logging in, by a name and a password or by a token: a page of its own for who comes, a dialog over the
// page for whose login ended. Where nobody has access yet, the page makes the first account instead.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { people } from "../../i18n/people";
import { say } from "../../i18n/say";
import { problemText } from "../../lib/problem";
import { restart } from "../../state/connection";
import { fetchSetup, logIn, refusal, type Login } from "../../state/people";
import { session } from "../../state/session";
import { Drawer } from "../drawer";
import { Lamp } from "../lamp";
import { go, route, swap } from "../router";
import { PasswordField } from "./password";
import { SetupForm } from "./setup";

/** How somebody logged in on this visit: asked for in the same way when that ends. */
let lastWay: "password" | "token" = "password";

function refusedLogin(error: unknown, way: typeof lastWay): string {
  const why = refusal(error);
  if (why === "wrong" && way === "token") return people.wrongToken;
  return why === null ? people.failed(problemText(error)) : people.refusals[why];
}

function TokenField({ value, onValue, wrong }: { value: string; onValue: (value: string) => void; wrong: boolean }) {
  return (
    <div>
      <label for="token">{people.token}</label>
      <input id="token" class="field" type="password" autocomplete="off" autofocus required value={value}
        onInput={(event) => onValue(event.currentTarget.value)} aria-describedby="token-help login-problem" aria-invalid={wrong} />
      <p id="token-help" class="caption">{people.tokenHelp}</p>
    </div>
  );
}

function LoginForm({ onDone }: { onDone: () => void }) {
  const [way, setWay] = useState(lastWay);
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [token, setToken] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    const by: Login = way === "token" ? { token: token.trim() } : { user: user.trim(), password };
    try {
      if (await logIn(by)) {
        lastWay = way;
        restart();
        onDone();
      } else setProblem(people.noCookie);
    } catch (error) {
      setProblem(refusedLogin(error, way));
    }
    setBusy(false);
  };
  const other = way === "token" ? "password" : "token";
  return (
    <form class="login-form" onSubmit={(event) => void submit(event)}>
      {way === "token" ? <TokenField value={token} onValue={setToken} wrong={problem !== ""} /> : (
        <>
          <div>
            <label for="user">{people.user}</label>
            <input id="user" name="username" class="field" autocomplete="username" autocapitalize="none" spellcheck={false} autofocus required
              value={user} onInput={(event) => setUser(event.currentTarget.value)} aria-describedby="login-problem" aria-invalid={problem !== ""} />
          </div>
          <PasswordField label={people.password} kind="current-password" value={password} onValue={setPassword} wrong={problem !== ""} describedBy="login-problem" />
        </>
      )}
      <p id="login-problem" class="problem" role="alert">{problem}</p>
      <button type="submit" class="button button-primary" disabled={busy}>{people.logIn}</button>
      <button type="button" class="button login-other" onClick={() => { setWay(other); setProblem(""); }}>{way === "token" ? people.byPassword : people.byToken}</button>
    </form>
  );
}

function Card({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <main class="login" id="main">
      <div class="card login-card">
        <div class="brand"><Lamp /><span>{say.product}</span></div>
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}

function leave(): void {
  if (["login", "setup"].includes(route.peek().segments[0] ?? "")) go("/");
}

/** Whether the first account may be made here; undefined while that is asked. */
function useSetup(): boolean | undefined {
  const [open, setOpen] = useState<boolean | undefined>(undefined);
  useEffect(() => {
    fetchSetup().then(setOpen, () => setOpen(false));
  }, []);
  return open;
}

export function LoginPage() {
  const open = useSetup();
  const asksSetup = route.value.segments[0] === "setup";
  useEffect(() => {
    if (open === true && !asksSetup) swap("/setup");
  }, [open, asksSetup]);
  const who = session.value;
  if (open === undefined) return <main class="login" id="main" />;
  if (open) return <Card title={people.setup}><SetupForm onDone={leave} /></Card>;
  return (
    <Card title={people.logIn}>
      {who && !who.auth && <p class="quiet">{people.open} <a href="/">{say.toOverview}</a></p>}
      {asksSetup && !(who && !who.auth) && <p class="quiet">{people.closed}</p>}
      <LoginForm onDone={leave} />
    </Card>
  );
}

const stay = (): void => undefined;

/** Over a page whose login ended: what was typed there stays. */
export function LoginDialog({ onClose }: { onClose: () => void }) {
  return <Drawer title={say.loginEnded} onClose={onClose}><div class="login-drawer"><p class="quiet">{say.loginKeeps}</p><LoginForm onDone={stay} /></div></Drawer>;
}
