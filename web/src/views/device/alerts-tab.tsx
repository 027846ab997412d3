// SPDX-License-Identifier: Apache-2.0
// The alerts of one device: those that are open, then those that are over.

import { say } from "../../i18n/say";
import type { Device } from "../../net/wire";
import { recentAlerts } from "../../state/alerts";
import { AlertRow } from "../alert-row";
import { Resolved } from "../alerting/resolved";

export function AlertsTab({ device }: { device: Device }) {
  const own = recentAlerts.value.filter((a) => a.deviceId === device.id);
  const open = own.filter((a) => !a.resolved);
  const done = own.filter((a) => a.resolved);
  if (own.length === 0) return <p class="empty">{say.device.noAlerts}</p>;
  return (
    <>
      {open.length > 0 && <section class="card" aria-label={say.overview.openAlerts}><ul class="alert-rows">{open.map((a) => <AlertRow key={a.id} alert={a} withSpark />)}</ul></section>}
      <Resolved done={done} />
    </>
  );
}
