// SPDX-License-Identifier: Apache-2.0
// What a dashboard is about, chosen by its variables; the address keeps the choice.

import { say } from "../../i18n/say";
import type { Board, VariableName } from "../../lib/board";
import { deviceOf } from "../../state/fleet";
import { chosenOf, optionsOf } from "../../state/variables";
import { route, setQueryList } from "../router";

function label(name: VariableName, value: string): string {
  return name === "device" ? deviceOf(value)?.name ?? value : value;
}

function Variable({ name }: { name: VariableName }) {
  const chosen = chosenOf(route.value.query, name);
  const rest = optionsOf(name).filter((o) => !chosen.includes(o));
  const words = say.boards.variables[name];
  return (
    <div class="variable" role="group" aria-label={words}>
      <span class="quiet">{words}</span>
      {chosen.map((value) => (
        <button key={value} type="button" class="chip" aria-label={say.boards.without(label(name, value))}
          onClick={() => setQueryList(name, chosen.filter((c) => c !== value))}>{label(name, value)} ×</button>
      ))}
      <select aria-label={say.boards.choose(words)} value="" onChange={(event) => {
        const { value } = event.currentTarget;
        event.currentTarget.value = "";
        if (value !== "") setQueryList(name, [...chosen, value]);
      }}>
        <option value="">{chosen.length === 0 ? say.boards.any : say.boards.more}</option>
        {rest.map((o) => <option key={o} value={o}>{label(name, o)}</option>)}
      </select>
    </div>
  );
}

export function VariablesBar({ board }: { board: Board }) {
  if (board.variables.length === 0) return null;
  return <div class="variables">{board.variables.map((name) => <Variable key={name} name={name} />)}</div>;
}
