// SPDX-License-Identifier: Apache-2.0
// On a phone, what the bottom bar has no room for.

import { say } from "../i18n/say";
import { Drawer } from "./drawer";
import { UserMenu } from "./user-menu";
import { Zones } from "./zones";

export function More({ onClose }: { onClose: () => void }) {
  return (
    <Drawer title={say.nav.more} onClose={onClose}>
      <div class="more">
        <a class="menu-entry" href="/dashboards" onClick={onClose}>{say.nav.dashboards}</a>
        <a class="menu-entry" href="/start" onClick={onClose}>{say.start.title}</a>
        <a class="menu-entry" href="/topics" onClick={onClose}>{say.nav.topics}</a>
        <UserMenu close={onClose} />
        <Zones close={() => undefined} />
      </div>
    </Drawer>
  );
}
