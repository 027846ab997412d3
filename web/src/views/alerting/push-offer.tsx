// SPDX-License-Identifier: Apache-2.0
// After a first acknowledgement, once: this browser can be told of alerts while the page is closed.

import { BellRing } from "lucide-preact";
import { useEffect } from "preact/hooks";
import { tools } from "../../i18n/tools";
import { openAlerts } from "../../state/alerts";
import { offerPush, pushOffered, putOfferAway } from "../../state/push";

export function PushOffer() {
  const acted = openAlerts.value.some((a) => a.undoable);
  useEffect(() => {
    if (acted) void offerPush().catch(() => undefined);
  }, [acted]);
  if (!pushOffered.value) return null;
  return (
    <section class="card push-offer" aria-label={tools.channels.thisBrowser}>
      <BellRing size={18} aria-hidden="true" /><p>{tools.channels.offer}</p>
      <a class="button" href="/alerts?tab=channels" onClick={putOfferAway}>{tools.channels.offerHow}</a>
      <button type="button" class="plain-act" onClick={putOfferAway}>{tools.channels.offerNot}</button>
    </section>
  );
}
