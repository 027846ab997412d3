// SPDX-License-Identifier: Apache-2.0
// What a single key or a command turns over.

import { zoneName } from "../lib/format";
import { display, setDisplay } from "../state/display";
import { route, setQuery } from "./router";
import { isDark } from "./theme";

export function toggleTheme(): void {
  setDisplay({ theme: isDark() ? "light" : "dark" });
}

export function toggleZone(): void {
  setDisplay({ zone: display.peek().zone === "" && zoneName(Date.now()) !== "UTC" ? "UTC" : "" });
}

export function toggleWall(): void {
  setQuery("wall", route.peek().query.get("wall") === "1" ? null : "1");
}
