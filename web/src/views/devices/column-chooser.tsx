// SPDX-License-Identifier: Apache-2.0
// Which columns the table has, in which order and how wide. What a drag does, a button does too.

import { ArrowDown, ArrowUp, Minus, Plus } from "lucide-preact";
import { say } from "../../i18n/say";
import { choose, chosen, fixedIds, setWidth, widthOf, type Column, type commonSensors } from "./columns";

const icon = { size: 14, "aria-hidden": "true" as const };
const mostSensors = 40;
const widthStep = 16;

interface Props {
  readonly columns: readonly Column[];
  readonly common: ReturnType<typeof commonSensors>;
  readonly head: (id: string) => string;
}

export function ColumnChooser({ columns, common, head }: Props) {
  const shown = columns.map((c) => c.id);
  const rest = [...fixedIds, ...common.slice(0, mostSensors).map((s) => `sensor:${s.sensor.id}`)].filter((id) => !shown.includes(id));
  const swap = (i: number, k: number): void => {
    const next = [...shown];
    [next[i], next[k]] = [next[k] ?? "", next[i] ?? ""];
    choose(next);
  };
  const words = say.columns;
  return (
    <div class="choices column-choices">
      {columns.map((c, i) => {
        const name = head(c.id);
        return (
          <div key={c.id} class="column-choice">
            <label class="check"><input type="checkbox" checked disabled={c.id === "name"} onChange={() => choose(shown.filter((id) => id !== c.id))} /> <span>{name}</span></label>
            <button type="button" class="icon-button" disabled={i === 0} aria-label={words.before(name)} title={words.before(name)} onClick={() => swap(i, i - 1)}><ArrowUp {...icon} /></button>
            <button type="button" class="icon-button" disabled={i === columns.length - 1} aria-label={words.after(name)} title={words.after(name)} onClick={() => swap(i, i + 1)}><ArrowDown {...icon} /></button>
            <button type="button" class="icon-button" aria-label={words.narrower(name)} title={words.narrower(name)} onClick={() => setWidth(c.id, widthOf(c) - widthStep)}><Minus {...icon} /></button>
            <button type="button" class="icon-button" aria-label={words.wider(name)} title={words.wider(name)} onClick={() => setWidth(c.id, widthOf(c) + widthStep)}><Plus {...icon} /></button>
          </div>
        );
      })}
      {rest.map((id) => <label key={id} class="check"><input type="checkbox" checked={false} onChange={() => choose([...shown, id])} /> <span>{head(id)}</span></label>)}
      {chosen.value && <button type="button" class="menu-entry" onClick={() => choose(null)}>{say.devices.usualColumns}</button>}
    </div>
  );
}
