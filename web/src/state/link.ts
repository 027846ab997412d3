// SPDX-License-Identifier: Apache-2.0
// The link to one dashboard that this page follows: that stands in its address from the first moment on.

import { followLink, linkToken } from "../net/link";

/** Follows the link in the address, if there is one. */
export function startLink(path: string): void {
  const token = /^\/s\/([A-Za-z0-9_-]{43})\/?$/.exec(path)?.[1];
  if (path.startsWith("/s/")) followLink(token ?? "");
}

/** Whether this page follows a link: it shows one dashboard and leads nowhere. */
export function linked(): boolean {
  return linkToken() !== null;
}
