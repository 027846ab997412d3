// SPDX-License-Identifier: Apache-2.0
// A button that opens a small card below it. It closes by Escape, by a press outside and, when it is a
// menu, by a choice; the focus goes back to the button.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

interface Props {
  readonly label: string;
  readonly button: ComponentChildren;
  readonly className: string;
  readonly align?: "start" | "end";
  readonly children: (close: () => void) => ComponentChildren;
}

export function Popover({ label, button, className, align = "end", children }: Props) {
  const [open, setOpen] = useState(false);
  const holder = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setOpen(false);
    trigger.current?.focus();
  };
  useEffect(() => {
    if (!open) return;
    const outside = (event: Event): void => {
      if (event.target instanceof Node && !holder.current?.contains(event.target)) setOpen(false);
    };
    const key = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      close();
    };
    document.addEventListener("pointerdown", outside);
    holder.current?.addEventListener("keydown", key);
    holder.current?.querySelector<HTMLElement>("[autofocus]")?.focus();
    return () => {
      document.removeEventListener("pointerdown", outside);
      holder.current?.removeEventListener("keydown", key);
    };
  }, [open]);
  return (
    <div class="popover-holder" ref={holder}>
      <button type="button" ref={trigger} class={className} aria-expanded={open} aria-haspopup="true" aria-label={label} title={label} onClick={() => setOpen(!open)}>{button}</button>
      {open && <div class={`popover popover-${align}`} role="group" aria-label={label}>{children(close)}</div>}
    </div>
  );
}
