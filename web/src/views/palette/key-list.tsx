// SPDX-License-Identifier: Apache-2.0
// All keys of the page, the switch for the single ones, and another key for each that can have one.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { say } from "../../i18n/say";
import { chosenKey, clash, isChangeable, type Changeable } from "../../lib/key-map";
import { display, setDisplay } from "../../state/display";
import { Drawer } from "../drawer";

const shown = (key: string): string => (key === " " ? say.keys.space : key === "-" ? "\u2212" : key);

/** Waits for the key that is to do it from now on. */
function Capture({ of, onDone }: { of: Changeable; onDone: (problem: string | null) => void }) {
  const field = useRef<HTMLButtonElement>(null);
  const over = useRef(false);
  useEffect(() => field.current?.focus(), []);
  // To take the button away takes the focus from it: that is no second end.
  const end = (problem: string | null): void => {
    if (!over.current) onDone(problem);
    over.current = true;
  };
  const take = (event: KeyboardEvent): void => {
    if (event.key === "Tab" || event.key === "Shift") return;
    event.preventDefault();
    event.stopPropagation();
    const map = display.peek().keyMap;
    const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (pressed === "Escape") end(null);
    else {
      const why = clash(of, pressed, map);
      if (why === null) setDisplay({ keyMap: { ...map, [of]: pressed } });
      end(why === null ? null : why === "taken" ? say.keys.taken(shown(pressed)) : say.keys.reserved);
    }
  };
  return <button ref={field} type="button" class="key-change" onKeyDown={take} onBlur={() => end(null)}>{say.keys.press}</button>;
}

function Key({ keys, words }: { keys: readonly string[]; words: string }) {
  const changing = useSignal<Changeable | null>(null);
  const problem = useSignal<string | null>(null);
  const map = display.value.keyMap;
  const one = (k: string) => {
    if (!isChangeable(k)) return <kbd key={k}>{k}</kbd>;
    if (changing.value === k) return <Capture key={k} of={k} onDone={(p) => { changing.value = null; problem.value = p; }} />;
    return <button key={k} type="button" class="key-change" aria-label={say.keys.change(words, shown(chosenKey(k, map)))} title={say.keys.changeHow} onClick={() => { problem.value = null; changing.value = k; }}><kbd>{shown(chosenKey(k, map))}</kbd></button>;
  };
  return <div><dt>{keys.map(one)}</dt><dd>{words}{problem.value !== null && <span class="problem" role="alert"> {problem}</span>}</dd></div>;
}

export function KeyList({ onClose }: { onClose: () => void }) {
  const k = say.keys;
  const groups: readonly (readonly [string, readonly (readonly [readonly string[], string])[]])[] = [
    [k.everywhere, [[["Ctrl K", "/"], k.search], [["g o"], say.nav.overview], [["g d"], say.nav.devices], [["g a"], say.nav.alerts], [["g m"], say.nav.map], [["g b"], say.nav.dashboards], [["g s"], say.nav.settings],
      [[" "], k.pause], [["u"], k.zone], [["w"], k.wall], [["\\"], k.theme], [["?"], k.title], [["Esc"], k.leave]]],
    [k.charts, [[["["], k.before], [["]"], k.after], [["+"], k.zoomIn], [["-"], k.zoomOut], [["l"], k.live], [["t"], k.type], [["← →"], k.points], [["Shift ← →"], k.pan], [["Backspace"], k.back], [["Esc"], k.noCursor]]],
    [k.lists, [[["j", "k"], k.nextPrevious], [["Enter"], k.open], [["f"], k.filter], [["x"], k.select], [["p"], k.peek], [["d"], k.density]]],
    [say.nav.alerts, [[["a"], say.alerts.acknowledge], [["s"], k.snooze], [["c"], k.comment], [["z"], k.undo]]],
    [say.nav.dashboards, [[["e"], k.edit], [["Ctrl S"], k.save], [["Ctrl Z"], k.undo]]],
  ];
  const { keys, keyMap, browserKeys } = display.value;
  return (
    <Drawer title={k.title} onClose={onClose}>
      <div class="key-list">
        <p class="quiet">{k.changeHow}</p>
        {groups.map(([title, list]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>{list.map(([of, words]) => <Key key={words} keys={of} words={words} />)}</dl>
          </section>
        ))}
        <label class="check"><input type="checkbox" checked={keys} onChange={(event) => setDisplay({ keys: event.currentTarget.checked })} /> {k.single}</label>
        <label class="check"><input type="checkbox" checked={browserKeys} onChange={(event) => setDisplay({ browserKeys: event.currentTarget.checked })} /> {k.browserKeys}</label>
        {Object.keys(keyMap).length > 0 && <button type="button" class="button" onClick={() => setDisplay({ keyMap: {} })}>{k.reset}</button>}
      </div>
    </Drawer>
  );
}
