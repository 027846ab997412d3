// SPDX-License-Identifier: Apache-2.0
// On paper: light, a head with title, range, zone and time, charts drawn anew at their width, and a
// table with all its rows up to a limit. Everything is done before the call of the browser ends.

import { say } from "../i18n/say";
import { formatExact, zoneName } from "../lib/format";
import { serverNow } from "../state/clock";
import { printers, tableToPrint, type PrintTable } from "../state/printing";
import { openRange } from "./chart/open-range";
import { rangeText } from "./chart/range-text";
import { addStyle } from "./styles";
import { forgetTokens } from "./theme";

declare const PRINT_STYLE: string;

const mostRows = 500;
let added: HTMLElement[] = [];
let themeBefore: string | undefined;

function element(name: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(name);
  if (className !== "") made.className = className;
  made.textContent = text;
  return made;
}

function head(): HTMLElement {
  const at = serverNow();
  const made = element("header", "print-head");
  const range = openRange.peek();
  const title = document.querySelector("main h1")?.textContent ?? say.product;
  made.append(element("b", "", `${say.product} · ${title}`),
    element("span", "", [range ? rangeText(range.view.peek()) : "", zoneName(at), say.printed(formatExact(at))].filter((s) => s !== "").join(" · ")));
  return made;
}

function tableOf({ head: names, rows, all }: PrintTable): HTMLElement {
  const table = element("table", "print-table");
  const row = (cells: readonly string[], cell: string): HTMLElement => {
    const tr = element("tr", "");
    tr.append(...cells.map((c) => element(cell, "", c)));
    return tr;
  };
  const top = element("thead", "");
  const body = element("tbody", "");
  top.append(row(names, "th"));
  body.append(...rows.map((r) => row(r, "td")));
  table.append(top, body);
  if (all > rows.length) table.append(element("caption", "", say.printedRows(rows.length, all)));
  return table;
}

function begin(): void {
  const root = document.documentElement.dataset;
  themeBefore = root["theme"];
  root["theme"] = "light";
  forgetTokens();
  const main = document.querySelector("main");
  if (!main) return;
  const table = tableToPrint(mostRows);
  added = table ? [head(), tableOf(table)] : [head()];
  const [first, ...rest] = added;
  if (first) main.prepend(first);
  main.append(...rest);
  for (const print of printers) print(true);
}

function end(): void {
  const root = document.documentElement.dataset;
  if (themeBefore === undefined) delete root["theme"];
  else root["theme"] = themeBefore;
  forgetTokens();
  for (const one of added.splice(0)) one.remove();
  for (const print of printers) print(false);
}

export function startPrint(): void {
  void addStyle(PRINT_STYLE);
  addEventListener("beforeprint", begin);
  addEventListener("afterprint", end);
}
