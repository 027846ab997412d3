// SPDX-License-Identifier: Apache-2.0
// Rooms of devices on one socket. The server keeps one wish a device and client, so the wishes of all who want the same device are joined: the shortest interval, all
// their sensors. They are sent again after every connect.

import type { Socket } from "socket.io-client";
import { decodeDevice, isRaw, numberOf, statusOf, textOf } from "./decode.js";
import type { Device, Status } from "./types.js";

export interface Reading {
  readonly sensor: string;
  readonly value: number;
  readonly timestamp: number;
  readonly unit: string | null;
  readonly position: string;
}

export interface Guest {
  readonly interval: number;
  /** Empty: all. */
  readonly sensors: readonly string[];
  /** The device as it is; null: not seen yet. Comes with each subscription that the server took. */
  device(device: Device | null): void;
  reading(reading: Reading): void;
  status(status: Status, cause: string, lastSeen: number | null): void;
}

interface Room {
  readonly guests: Set<Guest>;
  /** Those who were not told yet how the device is. */
  readonly waiting: Set<Guest>;
  /** What the server was told last; empty: nothing yet. */
  wish: string;
}

export class Rooms {
  readonly #rooms = new Map<string, Room>();
  /** Rooms that everybody left while there was no connection. */
  readonly #left = new Set<string>();

  constructor(readonly socket: Socket) {
    socket.on("device-update", (update: unknown, position: unknown) => this.#update(update, textOf(position)));
  }

  /** Joins the guest; the returned function takes him out again. */
  join(device: string, guest: Guest): () => void {
    let room = this.#rooms.get(device);
    if (!room) {
      room = { guests: new Set(), waiting: new Set(), wish: "" };
      this.#rooms.set(device, room);
      this.#left.delete(device);
    }
    room.guests.add(guest);
    room.waiting.add(guest);
    this.#wish(device, room);
    return () => this.#leave(device, guest);
  }

  /** After a connect the server knows nothing of us, or, when the session was recovered, everything that it was told. */
  connected(recovered: boolean): void {
    if (recovered) for (const device of this.#left) this.socket.emit("unsubscribe-device", device);
    this.#left.clear();
    for (const [device, room] of this.#rooms) {
      if (!recovered) {
        room.wish = "";
        for (const guest of room.guests) room.waiting.add(guest);
      }
      this.#wish(device, room);
    }
  }

  #leave(device: string, guest: Guest): void {
    const room = this.#rooms.get(device);
    if (!room?.guests.delete(guest)) return;
    room.waiting.delete(guest);
    if (room.guests.size > 0) {
      this.#wish(device, room);
      return;
    }
    this.#rooms.delete(device);
    if (this.socket.connected) this.socket.emit("unsubscribe-device", device);
    else this.#left.add(device);
  }

  /** Tells the server what all guests want together, when it does not know or somebody waits for how the device is. */
  #wish(device: string, room: Room): void {
    const guests = [...room.guests];
    const interval = Math.min(...guests.map((g) => g.interval));
    const all = guests.some((g) => g.sensors.length === 0);
    const wish = { interval, ...(all ? {} : { sensors: [...new Set(guests.flatMap((g) => g.sensors))] }) };
    const text = JSON.stringify(wish);
    if ((room.waiting.size === 0 && text === room.wish) || !this.socket.connected) return;
    room.wish = text;
    this.socket.emit("subscribe-device", device, wish, (answer: unknown) => {
      if (!isRaw(answer) || answer["ok"] !== true) return;
      const state = decodeDevice(answer["device"]);
      const waiting = [...room.waiting];
      room.waiting.clear();
      for (const guest of waiting) guest.device(state);
    });
  }

  #update(update: unknown, position: string): void {
    if (!isRaw(update)) return;
    const room = this.#rooms.get(textOf(update["deviceId"]));
    if (!room) return;
    const value = numberOf(update["value"]);
    const timestamp = numberOf(update["timestamp"]) ?? 0;
    if ("status" in update) {
      for (const guest of room.guests) guest.status(statusOf(update["status"]), textOf(update["cause"]), numberOf(update["lastSeen"]));
    } else if (value !== null) {
      const reading = { sensor: textOf(update["sensorType"]), value, timestamp, unit: textOf(update["unit"]) || null, position };
      for (const guest of room.guests) guest.reading(reading);
    }
  }
}
