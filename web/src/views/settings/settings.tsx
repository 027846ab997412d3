// SPDX-License-Identifier: Apache-2.0
// Settings: what is one's own, then what is the server's.

import { say } from "../../i18n/say";
import { session } from "../../state/session";
import { Chunk } from "../chunk";
import { route } from "../router";
import { peopled, tooled } from "../styles";
import { Credentials } from "./credentials";
import { Health } from "./health";
import { Ingest } from "./ingest";
import { Look } from "./look";
import { Storage } from "./storage";
import { Tokens } from "./tokens";

/** The same as beside the alerts: whoever is told arranges it here or there. */
function Notifications() {
  return <Chunk load={() => tooled(import("../alerting/channels")).then((m) => m.ChannelsTab)} loading={say.loading} />;
}

function Profile() {
  return <Chunk load={() => peopled(import("../people/profile")).then((m) => m.Profile)} loading={say.loading} />;
}

function Users() {
  return <Chunk load={() => peopled(import("../people/users")).then((m) => m.Users)} loading={say.loading} />;
}

const parts = ["look", "profile", "notifications", "users", "tokens", "credentials", "ingest", "storage", "health"] as const;
type Part = (typeof parts)[number];

const views: Readonly<Record<Part, () => preact.JSX.Element>> = { look: Look, profile: Profile, notifications: Notifications, users: Users, tokens: Tokens, credentials: Credentials, ingest: Ingest, storage: Storage, health: Health };
const forAdmins: readonly Part[] = ["users", "tokens", "credentials"];

function NoRight() {
  return <Chunk load={() => peopled(import("../people/no-right")).then((m) => m.NoRight)} loading={say.loading} />;
}

export function SettingsPage() {
  const asked = route.value.segments[1];
  const open = parts.find((p) => p === asked) ?? "look";
  const View = views[open];
  return (
    <div class="page">
      <div class="head"><h1>{say.settings.title}</h1></div>
      <div class="settings">
        <nav class="settings-nav" aria-label={say.settings.title}>
          {parts.map((p) => <a key={p} href={p === "look" ? "/settings" : `/settings/${p}`} aria-current={p === open ? "page" : undefined}>{say.settings[p]}</a>)}
        </nav>
        <div class="settings-body">{forAdmins.includes(open) && session.value?.role !== "admin" ? <NoRight /> : <View key={open} />}</div>
      </div>
    </div>
  );
}
