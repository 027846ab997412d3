// SPDX-License-Identifier: Apache-2.0
// The search as chips and words, and every filter as a control with its counts.

import { ChevronDown, Search, X } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { say } from "../../i18n/say";
import { compareNames, formatCount } from "../../lib/format";
import type { Status } from "../../net/wire";
import { allDevices } from "../../state/fleet";
import { countsOf, parseQuery, termText, withTerm, type Facts, type Query } from "../../state/query";
import { Glyph } from "../glyph";
import { addPageKeys } from "../page-keys";
import { Popover } from "../popover";

const statuses: readonly Status[] = ["online", "offline", "asleep", "unknown"];
const mostChoices = 200;

function SearchField({ query, onQuery }: { query: Query; onQuery: (text: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  const terms = query.terms.map(termText).join(" ");
  const words = query.words.join(" ");
  const [text, setText] = useState(words);
  const mine = useRef(words);
  useEffect(() => {
    if (mine.current !== words) setText(words);
    mine.current = words;
  }, [words]);
  useEffect(() => addPageKeys((key) => {
    if (key !== "f") return false;
    field.current?.focus();
    return true;
  }), []);
  const send = (typed: string): void => {
    const parsed = parseQuery(typed);
    mine.current = parsed.words.join(" ");
    onQuery([terms, typed.trim()].filter((s) => s !== "").join(" "));
  };
  const input = (typed: string): void => {
    // A term becomes a chip with the space behind it.
    const whole = /\s$/.test(typed) ? parseQuery(typed).terms.length > 0 : false;
    setText(whole ? parseQuery(typed).words.join(" ") : typed);
    const parsed = parseQuery(typed);
    if (parsed.terms.length === 0 || whole) send(typed);
  };
  return (
    <div class="search search-chips">
      <Search size={16} aria-hidden="true" />
      {query.terms.map((t) => (
        <button key={termText(t)} type="button" class="chip-term" aria-label={say.devices.removeFilter(termText(t))} onClick={() => onQuery(withTerm(query, t, false))}>{termText(t)}<X size={13} aria-hidden="true" /></button>
      ))}
      <input ref={field} type="search" aria-label={say.devices.searchLabel} placeholder={query.terms.length > 0 ? say.devices.searchMore : say.devices.search} value={text}
        onInput={(event) => input(event.currentTarget.value)}
        onKeyDown={(event) => {
          const last = query.terms[query.terms.length - 1];
          if (event.key === "Enter") { setText(parseQuery(text).words.join(" ")); send(text); }
          else if (event.key === "Escape" && text === "") event.currentTarget.blur();
          else if (event.key === "Backspace" && text === "" && last) onQuery(withTerm(query, last, false));
        }} />
    </div>
  );
}

function Choices({ keyName, query, facts, words, onQuery }: {
  keyName: "place" | "model" | "tag" | "alert"; query: Query; facts: Facts; words: (value: string) => string; onQuery: (text: string) => void;
}) {
  const counts = [...countsOf(allDevices(), query, keyName, facts)].sort((a, b) => b[1] - a[1] || compareNames(a[0], b[0]));
  const on = (value: string): boolean => query.terms.some((t) => t.key === keyName && t.value.toLowerCase() === value.toLowerCase());
  return (
    <div class="choices">
      {counts.slice(0, mostChoices).map(([value, n]) => (
        <label key={value} class="check"><input type="checkbox" checked={on(value)} onChange={() => onQuery(withTerm(query, { key: keyName, op: "", value }, false))} /> <span>{words(value)}</span> <span class="quiet">{formatCount(n)}</span></label>
      ))}
      {counts.length === 0 && <p class="quiet">{say.devices.nothingToChoose}</p>}
    </div>
  );
}

export function Filters({ query, facts, onQuery }: { query: Query; facts: Facts; onQuery: (text: string) => void }) {
  const counts = countsOf(allDevices(), query, "status", facts);
  const on = (value: string): boolean => query.terms.some((t) => t.key === "status" && t.value === value);
  const severity = (value: string): string => (value === "critical" || value === "warning" || value === "info" ? say.severity[value] : say.devices.noAlert);
  const menu = (keyName: "place" | "model" | "tag" | "alert", label: string, words: (value: string) => string = (v) => v) => (
    <Popover label={label} className="chip" align="start" button={<>{label}<ChevronDown size={14} aria-hidden="true" /></>}>
      {() => <Choices keyName={keyName} query={query} facts={facts} words={words} onQuery={onQuery} />}
    </Popover>
  );
  return (
    <div class="filters">
      <SearchField query={query} onQuery={onQuery} />
      <div class="filter-chips" role="group" aria-label={say.devices.filters}>
        {statuses.map((s) => (
          <button key={s} type="button" class="chip" aria-pressed={on(s)} onClick={() => onQuery(withTerm(query, { key: "status", op: "", value: s }, false))}>
            <Glyph name={s} />{say.status[s]} <span class="quiet">{formatCount(counts.get(s) ?? 0)}</span>
          </button>
        ))}
        {menu("place", say.devices.columns.place)}
        {menu("model", say.devices.columns.model)}
        {menu("tag", say.devices.columns.tags)}
        {menu("alert", say.devices.columns.alert, severity)}
      </div>
    </div>
  );
}
