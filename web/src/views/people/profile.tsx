// SPDX-License-Identifier: Apache-2.0
// Who one is, one's own password, and the way out.

import { useState } from "preact/hooks";
import { people } from "../../i18n/people";
import { changePassword } from "../../state/people";
import { logout } from "../../state/login-end";
import { session } from "../../state/session";
import { attempt } from "../../state/told";
import { newPasswordProblem, PasswordField, refusedText } from "./password";

function ChangePassword({ user }: { user: string }) {
  const [present, setPresent] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [done, setDone] = useState("");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const wrong = newPasswordProblem(password, again);
    setProblem(wrong);
    setDone("");
    if (wrong !== "") return;
    setBusy(true);
    try {
      await changePassword(present, password);
      for (const clear of [setPresent, setPassword, setAgain]) clear("");
      setDone(people.changed);
    } catch (error) {
      setProblem(refusedText(error));
    }
    setBusy(false);
  };
  return (
    <section class="card settings-card" aria-labelledby="own-password">
      <h2 id="own-password">{people.changePassword}</h2>
      <form class="people-form" onSubmit={(event) => void submit(event)}>
        <input type="text" name="username" autocomplete="username" value={user} hidden readOnly />
        <PasswordField label={people.present} kind="current-password" value={present} onValue={setPresent} describedBy="own-problem" />
        <PasswordField label={people.newPassword} kind="new-password" value={password} onValue={setPassword} hint={people.hint} describedBy="own-problem" />
        <PasswordField label={people.again} kind="new-password" value={again} onValue={setAgain} describedBy="own-problem" />
        <p id="own-problem" class="problem" role="alert">{problem}</p>
        <p role="status">{done}</p>
        <button type="submit" class="button button-primary" disabled={busy}>{people.change}</button>
      </form>
    </section>
  );
}

export function Profile() {
  const who = session.value;
  return (
    <>
      <section class="card settings-card" aria-labelledby="profile">
        <h2 id="profile">{people.profile}</h2>
        {who && who.auth ? (
          <>
            <dl class="facts-list">
              {who.user !== null && <><dt>{people.user}</dt><dd>{who.user}</dd></>}
              <dt>{people.profileRole}</dt><dd>{people.roles[who.role]}</dd>
            </dl>
            {who.user === null && <p class="quiet">{people.ofToken}</p>}
            <p><button type="button" class="button" onClick={() => attempt(logout())}>{people.logOut}</button></p>
          </>
        ) : <p class="quiet">{people.noLogin}</p>}
      </section>
      {who?.auth && who.user !== null && <ChangePassword user={who.user} />}
    </>
  );
}
