// SPDX-License-Identifier: Apache-2.0
// In which units this browser shows what devices measure.

import { say } from "../../i18n/say";
import { families, useUnits, type Family } from "../../lib/unit-table";
import { display, setDisplay } from "../../state/display";

type Chosen = Readonly<Partial<Record<Family, unknown>>>;

function choose(family: Family, unit: string): void {
  const { [family]: _before, ...rest } = display.peek().units as Chosen;
  setDisplay({ units: unit === "" ? rest : { ...rest, [family]: unit } });
  // Nothing on this page has a unit; what is opened from it is drawn anew.
  useUnits(display.peek().units);
}

export function Units() {
  const words = say.units;
  const chosen = display.value.units as Chosen;
  return (
    <section class="card settings-card" aria-labelledby="units">
      <h2 id="units">{words.title}</h2>
      <p class="quiet">{words.lead}</p>
      <div class="form-line">
        {(Object.keys(families) as Family[]).map((family) => (
          <label key={family}>{words.families[family]}
            <select class="field" value={String(chosen[family] ?? "")} onChange={(event) => choose(family, event.currentTarget.value)}>
              <option value="">{words.stored}</option>
              {families[family].map(([unit]) => <option key={unit} value={unit}>{unit}</option>)}
            </select>
          </label>
        ))}
      </div>
    </section>
  );
}
