// SPDX-License-Identifier: Apache-2.0
// One connection to a server, and the subscriptions that share it.

import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";
import { Clock } from "./clock.js";
import { deviceStore } from "./device-store.js";
import { Told } from "./fleet-store.js";
import { Rest, type History, type HistoryQuery } from "./rest.js";
import { Rooms } from "./rooms.js";
import { SeriesStore } from "./series-store.js";
import type { Alert, Device, DeviceOptions, Fleet, Series, SeriesOptions, Store, Stream } from "./types.js";

export interface Options {
  /** A token of the server; not needed where it runs with --no-auth or a cookie is there. */
  readonly token?: string;
  /** Options of socket.io-client, for instance `{ reconnectionDelayMax: 2000 }`. */
  readonly socket?: Partial<ManagerOptions & SocketOptions>;
}

export class Telltale {
  /** The socket itself, for events that this class does not know. */
  readonly socket: Socket;
  /** How the connection is. */
  readonly stream: Store<Stream>;
  /** All devices with their newest values, told each second while somebody listens. */
  readonly fleet: Store<Fleet>;
  /** Open alerts, newest first, told at once. */
  readonly alerts: Store<readonly Alert[]>;
  readonly #clock = new Clock();
  readonly #rooms: Rooms;
  readonly #rest: Rest;

  /** `url`: where the server is, for instance "http://localhost:3000"; empty: where the page came from. */
  constructor(url = "", options: Options = {}) {
    const base = url.replace(/\/+$/, "");
    this.socket = io(base === "" ? "/" : base, { ...options.socket, ...(options.token === undefined ? {} : { auth: { token: options.token } }) });
    this.stream = this.#clock.stream;
    this.#rest = new Rest(base, options.token);
    this.#rooms = new Rooms(this.socket);
    const told = new Told(this.socket, this.#clock);
    this.fleet = told.fleet;
    this.alerts = told.alerts;
    this.socket.on("connect", () => {
      // A session that the server kept goes on where it was: what was missed comes by itself.
      if (this.socket.recovered) this.#clock.become("live");
      else told.connected();
      this.#rooms.connected(this.socket.recovered);
    });
    this.socket.on("disconnect", (reason) => this.#clock.become(reason === "io client disconnect" ? "closed" : "reconnecting"));
    this.socket.on("connect_error", (error) => {
      if (error.message === "unauthorized") this.#clock.become("unauthorized");
      else if (this.stream.get().state !== "connecting") this.#clock.become("reconnecting");
    });
  }

  /** One device and its newest values. */
  device(id: string, options: DeviceOptions = {}): Store<Device> {
    return deviceStore(id, options, this.#rooms, this.#clock);
  }

  /** One series over a window that ends now, without a gap when the connection was lost. */
  series(device: string, sensor: string, options: SeriesOptions = {}): Store<Series> {
    return new SeriesStore(device, sensor, options, this.#rooms, this.#rest, this.#clock).store;
  }

  history(query: HistoryQuery, signal?: AbortSignal): Promise<History> {
    return this.#rest.history(query, signal);
  }

  /** Rejects with a TelltaleError that says why. */
  acknowledge(alert: string): Promise<void> {
    return this.#rest.acknowledge(alert);
  }

  /** Milliseconds since 1970 by the server's clock. */
  now(): number {
    return this.#clock.now();
  }

  close(): void {
    this.socket.disconnect();
    this.#clock.become("closed");
  }
}
