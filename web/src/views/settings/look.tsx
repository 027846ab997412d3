// SPDX-License-Identifier: Apache-2.0
// How the page looks and acts in this browser.

import { say } from "../../i18n/say";
import { display, setDisplay } from "../../state/display";
import { workerHindrance } from "../../lib/worker-hindrance";
import { palette } from "../overlay";
import { soundCritical } from "../sound";
import { LookChoices } from "../user-menu";
import { Zones } from "../zones";
import { Units } from "./units";

export function Look() {
  const words = say.settings;
  const hindrance = workerHindrance();
  return (
    <>
      <section class="card settings-card" aria-labelledby="look">
        <h2 id="look">{words.look}</h2>
        <LookChoices />
        <fieldset class="choice">
          <legend>{say.look.density}</legend>
          <div class="segments">
            {(["standard", "compact"] as const).map((d) => <button key={d} type="button" aria-pressed={display.value.density === d} onClick={() => setDisplay({ density: d })}>{say.look[d]}</button>)}
          </div>
        </fieldset>
        <label class="check"><input type="checkbox" checked={display.value.keys} onChange={(event) => setDisplay({ keys: event.currentTarget.checked })} /> {say.keys.single}</label>
        <button type="button" class="button key-open" onClick={() => { palette.value = "keys"; }}>{say.keys.title}</button>
        <label class="check"><input type="checkbox" checked={display.value.sound} onChange={(event) => { setDisplay({ sound: event.currentTarget.checked }); if (event.currentTarget.checked) soundCritical(); }} /> {say.keys.sound}</label>
      </section>
      <section class="card settings-card" aria-labelledby="zone">
        <h2 id="zone">{say.zone.choose}</h2>
        <Zones close={() => undefined} />
      </section>
      <Units />
      <section class="card settings-card" aria-labelledby="installed">
        <h2 id="installed">{words.installed}</h2>
        <p>{hindrance === "insecure" ? words.workerInsecure : hindrance === "unsupported" ? words.workerUnsupported : words.workerOn}</p>
      </section>
    </>
  );
}
