// SPDX-License-Identifier: Apache-2.0
// All keys of the page, and the switch for the single ones.

import { say } from "../../i18n/say";
import { display, setDisplay } from "../../state/display";
import { Drawer } from "../drawer";

export function KeyList({ onClose }: { onClose: () => void }) {
  const k = say.keys;
  const groups: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
    [k.everywhere, [["Ctrl K  /", k.search], ["g o", say.nav.overview], ["g d", say.nav.devices], ["g a", say.nav.alerts], ["g m", say.nav.map], ["g b", say.nav.dashboards], ["g s", say.nav.settings],
      ["Space", k.pause], ["u", k.zone], ["w", k.wall], ["\\", k.theme], ["?", k.title]]],
    [k.charts, [["[  ]", k.beforeAfter], ["+  −", k.zoom], ["l", k.live], ["t", k.type], ["← →", k.points], ["Shift ← →", k.pan], ["Backspace", k.back], ["Esc", k.noCursor]]],
    [k.lists, [["f", k.filter], ["j  k", k.nextPrevious], ["Enter", k.open], ["x", k.select], ["p", k.peek], ["d", k.density], ["Esc", k.leave]]],
  ];
  return (
    <Drawer title={k.title} onClose={onClose}>
      <div class="key-list">
        {groups.map(([title, list]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>{list.map(([key, words]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{words}</dd></div>)}</dl>
          </section>
        ))}
        <label class="check"><input type="checkbox" checked={display.value.keys} onChange={(event) => setDisplay({ keys: event.currentTarget.checked })} /> {k.single}</label>
      </div>
    </Drawer>
  );
}
