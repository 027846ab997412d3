// SPDX-License-Identifier: Apache-2.0
// Keys on a list of alerts: j and k go through the rows, Enter opens, x chooses, a acknowledges, s snoozes, c comments, z takes back.

function rowsOf(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>("[data-alert]")];
}

function rowAt(list: HTMLElement): HTMLElement | null {
  const active = document.activeElement;
  return active !== null && list.contains(active) ? active.closest<HTMLElement>("[data-alert]") : null;
}

function press(row: HTMLElement | null, selector: string): boolean {
  const button = row?.querySelector<HTMLButtonElement | HTMLInputElement>(selector);
  if (!button || button.disabled) return false;
  button.click();
  // What was pressed may be gone: the row keeps the focus.
  row?.querySelector<HTMLElement>(".alert-main")?.focus();
  return true;
}

export function alertKeys(key: string, list: HTMLElement | null, takeBack: (id: string) => void): boolean {
  if (!list) return false;
  const row = rowAt(list);
  const rows = rowsOf(list);
  switch (key) {
    case "j": case "k": {
      const at = row ? rows.indexOf(row) + (key === "j" ? 1 : -1) : 0;
      const next = rows[Math.min(rows.length - 1, Math.max(0, at))];
      next?.querySelector<HTMLElement>(".alert-main")?.focus();
      return next !== undefined;
    }
    case "x": return press(row ?? rows[0] ?? null, ".pick-act");
    case "a": return press(row ?? rows[0] ?? null, ".acknowledge-act");
    case "s": {
      const button = (row ?? rows[0])?.querySelector<HTMLButtonElement>(".snooze-act");
      button?.click();
      return button !== undefined && button !== null;
    }
    case "c": {
      const button = (row ?? rows[0])?.querySelector<HTMLButtonElement>(".comment-act");
      button?.click();
      return button !== undefined && button !== null;
    }
    case "z": {
      const id = row?.dataset["alert"];
      if (id === undefined || !row?.querySelector(".undo-act")) return false;
      takeBack(id);
      row.querySelector<HTMLElement>(".alert-main")?.focus();
      return true;
    }
    default: return false;
  }
}
