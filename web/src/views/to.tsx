// SPDX-License-Identifier: Apache-2.0
// A way to another page. Who follows a link to one dashboard has no other page: there it is plain text.

import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { linked } from "../state/link";

export function To({ href, children, ...rest }: { href: string; class?: string | ReadonlySignal<string>; children: ComponentChildren }) {
  return linked() ? <span {...rest}>{children}</span> : <a href={href} {...rest}>{children}</a>;
}
