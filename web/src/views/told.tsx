// SPDX-License-Identifier: Apache-2.0
// Why an act was not done, above the page until it is read.

import { X } from "lucide-preact";
import { say } from "../i18n/say";
import { told } from "../state/told";

export function Told() {
  if (told.value === null) return null;
  return (
    <div class="told" role="alert">
      <p>{say.notDone(told.value)}</p>
      <button type="button" class="icon-button" aria-label={say.events.close} onClick={() => { told.value = null; }}><X size={16} aria-hidden="true" /></button>
    </div>
  );
}
