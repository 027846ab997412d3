// SPDX-License-Identifier: Apache-2.0
// A drawer from the right, on a phone a sheet from below. It holds the focus and gives it back.

import { X } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { say } from "../i18n/say";

export function Drawer({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  // Before anybody can press a key at what is drawn.
  useLayoutEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} class="drawer" aria-label={title} onClose={onClose}
      onClick={(event) => { if (event.target === dialog.current) dialog.current?.close(); }}>
      <header class="card-head"><h2>{title}</h2><span class="card-space" /><button type="button" class="icon-button" aria-label={say.events.close} onClick={() => dialog.current?.close()}><X size={18} aria-hidden="true" /></button></header>
      <div class="drawer-body">{children}</div>
    </dialog>
  );
}
