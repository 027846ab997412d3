// SPDX-License-Identifier: Apache-2.0
// The pinned values anew, and once those that this browser had for itself: they become part of what all see, as soon as
// somebody comes who may do that.

import { forgetOwnPins, loadPins, ownPins } from "../../state/load-pins";
import { mayChange } from "../../state/session";
import { tooled } from "../styles";

export async function freshPins(): Promise<void> {
  await loadPins();
  const own = ownPins();
  if (own.length === 0 || !mayChange.peek()) return;
  await tooled(import("./pin-acts")).then((m) => m.pinAll(own));
  forgetOwnPins();
}
