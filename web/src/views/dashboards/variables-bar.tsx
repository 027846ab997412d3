// SPDX-License-Identifier: Apache-2.0
// What a dashboard is about, chosen by its variables; the address keeps the choice.

import { tools } from "../../i18n/tools";
import type { Board, VariableName } from "../../lib/board";
import { deviceOf } from "../../state/fleet";
import { choicesOf, chosenOf } from "../../state/variables";
import { route, setQueryList } from "../router";

function label(name: VariableName, value: string): string {
  return name === "device" ? deviceOf(value)?.name ?? value : value;
}

function Variable({ name, board, query }: { name: VariableName; board: Board; query: URLSearchParams }) {
  const chosen = chosenOf(query, name);
  const rest = choicesOf(board, query, name).filter((o) => !chosen.includes(o));
  const words = tools.boards.variables[name];
  return (
    <div class="variable" role="group" aria-label={words}>
      <span class="quiet">{words}</span>
      {chosen.map((value) => (
        <button key={value} type="button" class="chip" aria-label={tools.boards.without(label(name, value))}
          onClick={() => setQueryList(name, chosen.filter((c) => c !== value))}>{label(name, value)} ×</button>
      ))}
      <select aria-label={tools.boards.choose(words)} value="" onChange={(event) => {
        const { value } = event.currentTarget;
        event.currentTarget.value = "";
        if (value !== "") setQueryList(name, [...chosen, value]);
      }}>
        <option value="">{chosen.length === 0 ? tools.boards.any : tools.boards.more}</option>
        {rest.map((o) => <option key={o} value={o}>{label(name, o)}</option>)}
      </select>
    </div>
  );
}

/** `names`: those that may be chosen here. */
export function VariablesBar({ board, names = board.variables, query = route.value.query }: { board: Board; names?: readonly VariableName[]; query?: URLSearchParams }) {
  if (names.length === 0) return null;
  return <div class="variables">{names.map((name) => <Variable key={name} name={name} board={board} query={query} />)}</div>;
}
