// SPDX-License-Identifier: Apache-2.0
// Accounts of people, for administrators: add, change the role, set a new password, remove.

import { useState } from "preact/hooks";
import { people } from "../../i18n/people";
import { say } from "../../i18n/say";
import { formatExact } from "../../lib/format";
import type { Role } from "../../net/wire";
import { addUser, changeUser, fetchUsers, removeUser, type User } from "../../state/people";
import { loadSession, session } from "../../state/session";
import { Shown, usePolled } from "../polled";
import { newPasswordProblem, PasswordField, refusedText } from "./password";

const roles: readonly Role[] = ["viewer", "operator", "admin"];

function RoleChoice({ label, value, onValue, hidden }: { label: string; value: Role; onValue: (role: Role) => void; hidden?: boolean }) {
  return (
    <label>{hidden ? <span class="visually-hidden">{label}</span> : label}
      <select class={`field${hidden ? " people-role" : ""}`} value={value} onChange={(event) => onValue(roles.find((r) => r === event.currentTarget.value) ?? value)}>
        {roles.map((r) => <option key={r} value={r}>{say.user.roles[r]}</option>)}
      </select>
    </label>
  );
}

function AddUser({ onAdded }: { onAdded: (name: string) => void }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState("");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const wrong = newPasswordProblem(password);
    setProblem(wrong);
    if (wrong !== "") return;
    try {
      await addUser(name.trim(), role, password);
      onAdded(name.trim());
      setName("");
      setPassword("");
    } catch (error) {
      setProblem(refusedText(error));
    }
  };
  return (
    <section class="card settings-card" aria-labelledby="add-user">
      <h2 id="add-user">{people.add}</h2>
      <form class="people-form login-form" onSubmit={(event) => void submit(event)}>
        <label>{people.user}<input class="field" autocomplete="off" autocapitalize="none" spellcheck={false} required maxLength={31} value={name} onInput={(event) => setName(event.currentTarget.value)} /></label>
        <RoleChoice label={people.role} value={role} onValue={setRole} />
        <PasswordField label={people.password} kind="new-password" value={password} onValue={setPassword} hint={people.hint} describedBy="add-problem" />
        <p id="add-problem" class="problem" role="alert">{problem}</p>
        <button type="submit" class="button button-primary">{people.addNow}</button>
      </form>
    </section>
  );
}

type Act = "none" | "password" | "remove";

/** One of the acts on a row, opened in place. */
function Acting({ user, act, onDone, onClose }: { user: User; act: Act; onDone: (what: string) => void; onClose: () => void }) {
  const [typed, type] = useState("");
  const [problem, setProblem] = useState("");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const wrong = act === "password" ? newPasswordProblem(typed) : "";
    setProblem(wrong);
    if (wrong !== "") return;
    try {
      if (act === "password") await changeUser(user.name, { password: typed });
      else await removeUser(user.name);
      onDone(act === "password" ? people.passwordSet(user.name) : "");
    } catch (error) {
      setProblem(refusedText(error));
    }
  };
  return (
    <form class="people-act" onSubmit={(event) => void submit(event)}>
      {act === "password"
        ? <PasswordField label={people.newPasswordOf(user.name)} kind="new-password" value={typed} onValue={type} />
        : <label>{people.removeWhat(user.name)}<input class="field" autofocus autocomplete="off" autocapitalize="none" spellcheck={false} value={typed} onInput={(event) => type(event.currentTarget.value)} /></label>}
      <button type="submit" class="button" disabled={act === "remove" && typed.trim() !== user.name}>{act === "password" ? people.set : people.removeNow}</button>
      <button type="button" class="button" onClick={onClose}>{people.keep}</button>
      <p class="problem" role="alert">{problem}</p>
    </form>
  );
}

function Row({ user, again, tell }: { user: User; again: () => void; tell: (what: string) => void }) {
  const [act, setAct] = useState<Act>("none");
  const [problem, setProblem] = useState("");
  const own = session.value?.user === user.name;
  const done = (what: string): void => {
    setAct("none");
    tell(what);
    again();
  };
  const setRole = (role: Role): void => {
    setProblem("");
    changeUser(user.name, { role }).then(() => {
      done(people.roleSet(user.name, say.user.roles[role]));
      if (own) void loadSession().catch(() => undefined);
    }, (error: unknown) => {
      setProblem(refusedText(error));
      again();
    });
  };
  return (
    <tr>
      <td>{user.name}{own && <span class="quiet"> ({people.you})</span>}</td>
      <td><RoleChoice hidden label={people.roleOf(user.name)} value={user.role} onValue={setRole} />{problem !== "" && <p class="problem" role="alert">{problem}</p>}</td>
      <td>{people.browsers(user.sessions)}</td>
      <td>{user.createdAt === null ? "" : formatExact(user.createdAt)}</td>
      <td>
        {act === "none" ? (
          <div class="people-act">
            <button type="button" class="button" aria-label={people.newPasswordOf(user.name)} onClick={() => setAct("password")}>{people.newPassword}</button>
            <button type="button" class="button" aria-label={`${people.remove}: ${user.name}`} onClick={() => setAct("remove")}>{people.remove}</button>
          </div>
        ) : <Acting user={user} act={act} onDone={done} onClose={() => setAct("none")} />}
      </td>
    </tr>
  );
}

export function Users() {
  const [state, again] = usePolled(fetchUsers, 10_000);
  const [news, tell] = useState("");
  return (
    <>
      <section class="card settings-card" aria-labelledby="users">
        <h2 id="users">{people.users}</h2>
        <p class="quiet">{people.usersExplain}</p>
        <p role="status">{news}</p>
        <Shown of={state} again={again}>
          {(users) => users.length === 0 ? <p class="quiet">{people.none}</p> : (
            <div class="settings-scroll" tabIndex={0} role="region" aria-label={people.all}>
              <table class="settings-table">
                <thead><tr><th scope="col">{people.user}</th><th scope="col">{people.role}</th><th scope="col">{people.loggedIn}</th><th scope="col">{people.made}</th><th scope="col"><span class="visually-hidden">{people.remove}</span></th></tr></thead>
                <tbody>{users.map((u) => <Row key={u.name} user={u} again={again} tell={tell} />)}</tbody>
              </table>
            </div>
          )}
        </Shown>
      </section>
      <AddUser onAdded={(name) => { tell(people.added(name)); again(); }} />
    </>
  );
}
