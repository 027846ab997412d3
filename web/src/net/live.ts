// SPDX-License-Identifier: Apache-2.0
// The Socket.IO connection. It opens and closes when told, never by itself: when to try again is the
// decision of state/connection.ts, which also shows it. What we asked for is asked for again on
// every connection, so a server that was restarted serves us as the old one did.

import { io, type Socket } from "socket.io-client";
import * as decode from "./decode";
import { linkToken } from "./link";
import type { Alert, Dashboard, DeviceWithLatest, ReadingUpdate, StatusUpdate } from "./wire";

export interface LiveEvents {
  opened(recovered: boolean): void;
  closed(): void;
  refused(): void;
  heard(): void;
  snapshot(data: Dashboard): void;
  update(data: Dashboard): void;
  reading(data: ReadingUpdate): void;
  status(data: StatusUpdate): void;
  alert(data: Alert): void;
  device(data: DeviceWithLatest): void;
  level(text: string, interval: number): void;
}

const deviceInterval = 250;

/** What a page still asks for: all that is shown, no devices, or nothing but alerts. */
export type Rest = "seen" | "fleet" | "alerts";

export type Ask = (name: string, ...args: readonly unknown[]) => void;

/** What a page that came later wants of this connection, and of those after it. */
export interface Part {
  readonly event: string;
  heard(data: unknown): void;
  opened(ask: Ask): void;
  /** Nobody looks: it asks for nothing until it is opened again. */
  rested(ask: Ask): void;
}

export class Live {
  private readonly socket: Socket;
  private readonly watched = new Map<string, number>();
  private resting: Rest = "seen";
  private readonly parts = new Set<Part>();

  constructor(private readonly events: LiveEvents) {
    const token = linkToken();
    this.socket = io(token === null ? "/" : "/shared", {
      autoConnect: false, reconnection: false, timeout: 5000,
      transports: ["websocket", "polling"], tryAllTransports: true, withCredentials: token === null,
      ...(token === null ? {} : { auth: { token } }),
    });
    this.listen();
  }

  open(): void {
    this.socket.connect();
  }

  close(): void {
    this.socket.disconnect();
  }

  /** Asks for a device's readings until as many unwatch calls have been made. */
  watch(id: string): void {
    // A link brings all that it shows, once a second.
    if (linkToken() !== null) return;
    const holders = (this.watched.get(id) ?? 0) + 1;
    this.watched.set(id, holders);
    if (holders === 1 && this.socket.connected && this.resting === "seen") this.subscribe(id);
  }

  unwatch(id: string): void {
    const holders = (this.watched.get(id) ?? 0) - 1;
    if (holders > 0) {
      this.watched.set(id, holders);
      return;
    }
    this.watched.delete(id);
    if (this.socket.connected) this.socket.emit("unsubscribe-device", id);
  }

  /** Asks for less while nobody looks: no device's readings, and at last alerts alone. */
  rest(what: Rest): void {
    this.resting = what;
    if (!this.socket.connected) return;
    if (what === "alerts") this.socket.emit("subscribe-fleet", "none");
    if (what !== "fleet") return;
    for (const id of this.watched.keys()) this.socket.emit("unsubscribe-device", id);
    for (const part of this.parts) part.rested(this.ask);
  }

  /** Asks anew for all that is to come; calls back once the server has answered. */
  renew(answered: () => void = () => undefined): void {
    if (this.resting === "alerts") this.socket.emit("subscribe-fleet", "none", answered);
    else this.socket.emit("subscribe-fleet", { format: "none", dashboard: true }, answered);
    if (this.resting !== "seen") return;
    for (const id of this.watched.keys()) this.subscribe(id);
    for (const part of this.parts) part.opened(this.ask);
  }

  /** The returned function takes it off again. */
  attach(part: Part): () => void {
    const heard = (data: unknown): void => part.heard(data);
    this.parts.add(part);
    this.socket.on(part.event, heard);
    if (this.socket.connected) part.opened(this.ask);
    return () => {
      this.parts.delete(part);
      this.socket.off(part.event, heard);
    };
  }

  /** Nothing waits for a later connection: on that everything is asked for anew. */
  private readonly ask: Ask = (name, ...args) => {
    if (this.socket.connected) this.socket.emit(name, ...args);
  };

  private subscribe(id: string): void {
    this.socket.emit("subscribe-device", id, { interval: deviceInterval }, (answer: unknown) => {
      const f = decode.fields(answer);
      const found = decode.deviceWithLatest(f["device"] ?? answer);
      if (found) this.events.device(found);
    });
  }

  private listen(): void {
    const { socket, events } = this;
    socket.on("connect", () => {
      this.renew();
      events.opened(socket.recovered);
    });
    socket.on("disconnect", () => events.closed());
    socket.on("connect_error", (error: Error) => {
      if (error.message === "unauthorized") events.refused();
      else events.closed();
    });
    socket.onAny(() => events.heard());
    socket.on("dashboard:data", (data: unknown) => events.snapshot(decode.dashboard(data)));
    socket.on("dashboard:update", (data: unknown) => events.update(decode.dashboard(data)));
    socket.on("device-update", (data: unknown) => this.deviceUpdate(data));
    for (const name of ["alert-created", "alert-updated", "alert-resolved"]) {
      socket.on(name, (data: unknown) => {
        const one = decode.alert(data);
        if (one) events.alert(one);
      });
    }
    socket.on("stream-level", (data: unknown) => {
      // The rate of the fleet's readings does not concern us: we take the dashboard's events only.
      const f = decode.fields(data);
      const level = decode.text(f["level"]);
      if (f["reason"] !== "fleet-rate") events.level(level === "full" ? "" : level, decode.num(f["interval"]) ?? 0);
    });
  }

  private deviceUpdate(data: unknown): void {
    const reading = decode.readingUpdate(data);
    if (reading) {
      this.events.reading(reading);
      return;
    }
    const status = decode.statusUpdate(data);
    if (status) this.events.status(status);
  }
}
