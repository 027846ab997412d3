// SPDX-License-Identifier: Apache-2.0
// Every page has an address. Ids travel percent-encoded, one path segment each.

import { signal } from "@preact/signals";

export interface Route {
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly path: string;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function read(): Route {
  return {
    segments: location.pathname.split("/").filter((s) => s !== "").map(decodeSegment),
    query: new URLSearchParams(location.search),
    path: location.pathname,
  };
}

export const route = signal<Route>(read());

export function go(address: string): void {
  if (address === location.pathname + location.search) return;
  history.pushState(null, "", address);
  route.value = read();
  scrollTo(0, 0);
  document.getElementById("main")?.focus({ preventScroll: true });
}

/** Shows another page in the place of this one, without a step in the history. */
export function swap(address: string): void {
  history.replaceState(null, "", address);
  route.value = read();
}

/** Changes query parameters in place, without a step in the history; null takes one out. */
export function setQueries(changes: Readonly<Record<string, string | null>>): void {
  const query = new URLSearchParams(location.search);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === "") query.delete(key);
    else query.set(key, value);
  }
  const text = query.toString();
  history.replaceState(null, "", location.pathname + (text === "" ? "" : `?${text}`));
  route.value = read();
}

export function setQuery(key: string, value: string | null): void {
  setQueries({ [key]: value });
}

export function alertPath(id: string): string {
  return `/alerts/${encodeURIComponent(id)}`;
}

/** A parameter that comes once a value. */
export function setQueryList(key: string, values: readonly string[]): void {
  const query = new URLSearchParams(location.search);
  query.delete(key);
  for (const value of values) query.append(key, value);
  const text = query.toString();
  history.replaceState(null, "", location.pathname + (text === "" ? "" : `?${text}`));
  route.value = read();
}

export function devicePath(id: string): string {
  return `/devices/${encodeURIComponent(id)}`;
}

function onClick(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || link.target !== "" || link.origin !== location.origin || link.hasAttribute("download")) return;
  if (link.hash !== "" && link.pathname === location.pathname) return;
  event.preventDefault();
  go(link.pathname + link.search);
}

export function startRouter(): void {
  addEventListener("popstate", () => {
    route.value = read();
  });
  document.addEventListener("click", onClick);
}
