// SPDX-License-Identifier: Apache-2.0
// The first account of a new server.

import { useState } from "preact/hooks";
import { people } from "../../i18n/people";
import { restart } from "../../state/connection";
import { logInFirst } from "../../state/people";
import { newPasswordProblem, PasswordField, refusedText } from "./password";

export function SetupForm({ onDone }: { onDone: () => void }) {
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const wrong = newPasswordProblem(password, again);
    setProblem(wrong);
    if (wrong !== "") return;
    setBusy(true);
    try {
      if (await logInFirst(user.trim(), password)) {
        restart();
        onDone();
      } else setProblem(people.noCookie);
    } catch (error) {
      setProblem(refusedText(error));
    }
    setBusy(false);
  };
  return (
    <form class="login-form" onSubmit={(event) => void submit(event)}>
      <p class="quiet">{people.setupLead}</p>
      <div>
        <label for="user">{people.user}</label>
        <input id="user" name="username" class="field" autocomplete="username" autocapitalize="none" spellcheck={false} autofocus required maxLength={31}
          value={user} onInput={(event) => setUser(event.currentTarget.value)} aria-describedby="setup-problem" />
      </div>
      <PasswordField label={people.password} kind="new-password" value={password} onValue={setPassword} hint={people.hint} wrong={problem !== ""} describedBy="setup-problem" />
      <PasswordField label={people.again} kind="new-password" value={again} onValue={setAgain} wrong={problem !== ""} describedBy="setup-problem" />
      <p id="setup-problem" class="problem" role="alert">{problem}</p>
      <button type="submit" class="button button-primary" disabled={busy}>{people.setupDo}</button>
    </form>
  );
}
