// SPDX-License-Identifier: Apache-2.0
// What a click on a pin does, or why it does not. Comes with the first click, and the words with it.

import { tools } from "../../i18n/tools";
import { addPins, removePin, swapPins } from "../../state/pin-changes";
import { isPinned, mostPins, pins, type Pin } from "../../state/pins";
import { mayChange } from "../../state/session";

async function permitted(act: () => Promise<void>): Promise<void> {
  if (!mayChange.peek()) throw new Error(tools.boards.pins.role);
  await act();
}

export function togglePin(pin: Pin): Promise<void> {
  return permitted(async () => {
    if (isPinned(pin.device, pin.sensor)) return removePin(pin);
    if (pins.peek().length >= mostPins) throw new Error(tools.boards.pins.full(mostPins));
    return addPins([pin], tools.boards.pinned);
  });
}

export function exchangePins(one: Pin, other: Pin): Promise<void> {
  return permitted(() => swapPins(one, other));
}

export function pinAll(all: readonly Pin[]): Promise<void> {
  return permitted(() => addPins(all, tools.boards.pinned));
}
