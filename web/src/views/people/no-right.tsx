// SPDX-License-Identifier: Apache-2.0
// What somebody may not see: the role that it needs, and who has it.

import { useEffect, useState } from "preact/hooks";
import { people } from "../../i18n/people";
import { language, say } from "../../i18n/say";
import { fetchUsers } from "../../state/people";
import { session } from "../../state/session";

export function NoRight() {
  const [admins, setAdmins] = useState<readonly string[] | null>(null);
  useEffect(() => {
    fetchUsers().then((users) => setAdmins(users.filter((u) => u.role === "admin").map((u) => u.name)), () => setAdmins([]));
  }, []);
  const names = admins === null ? "" : new Intl.ListFormat(language() === "de" ? "de" : "en", { type: "disjunction" }).format(admins);
  return (
    <div class="card settings-card" role="status">
      <p>{people.needs(say.user.roles.admin, say.user.roles[session.value?.role ?? "viewer"])} {admins === null ? "" : names === "" ? people.askAnyone : people.ask(names)}</p>
    </div>
  );
}
