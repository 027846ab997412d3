// SPDX-License-Identifier: Apache-2.0
// Hooks. Two components that ask for the same thing share the server's room.

import { createContext, useContext, useEffect, useMemo, useRef, useSyncExternalStore, type ReactNode } from "react";
import type { Telltale } from "./client.js";
import { throttle } from "./throttle.js";
import type { Alert, Device, DeviceOptions, Fleet, Series, SeriesOptions, Store, Stream } from "./types.js";

const Context = createContext<Telltale | null>(null);

export function TelltaleProvider(props: { client: Telltale; children: ReactNode }) {
  return <Context.Provider value={props.client}>{props.children}</Context.Provider>;
}

export function useTelltale(): Telltale {
  const client = useContext(Context);
  if (client === null) throw new Error("no TelltaleProvider above this component");
  return client;
}

function useStore<T>(store: Store<T>): T {
  const subscribe = useMemo(() => (listener: () => void) => store.subscribe(listener), [store]);
  const get = useMemo(() => () => store.get(), [store]);
  return useSyncExternalStore(subscribe, get, get);
}

/** How the connection is. */
export function useStream(): Stream {
  return useStore(useTelltale().stream);
}

/** All devices with their newest values, each second. */
export function useFleet(): Fleet {
  return useStore(useTelltale().fleet);
}

/** One device and its newest values. */
export function useDevice(id: string, options: DeviceOptions = {}): Device {
  const client = useTelltale();
  const { interval } = options;
  const sensors = options.sensors?.join("\n");
  const store = useMemo(
    () => client.device(id, { ...(interval === undefined ? {} : { interval }), ...(sensors === undefined || sensors === "" ? {} : { sensors: sensors.split("\n") }) }),
    [client, id, interval, sensors],
  );
  return useStore(store);
}

/** One sensor's history and live values over a window that ends now. */
export function useSensor(device: string, sensor: string, options: SeriesOptions = {}): Series {
  const client = useTelltale();
  const { window, interval, points } = options;
  const store = useMemo(
    () => client.series(device, sensor, {
      ...(window === undefined ? {} : { window }), ...(interval === undefined ? {} : { interval }), ...(points === undefined ? {} : { points }),
    }),
    [client, device, sensor, window, interval, points],
  );
  return useStore(store);
}

/** Open alerts, newest first; only those of one device when its id is given. */
export function useAlerts(device?: string): readonly Alert[] {
  const alerts = useStore(useTelltale().alerts);
  return useMemo(() => (device === undefined ? alerts : alerts.filter((a) => a.deviceId === device)), [alerts, device]);
}

/** Calls back for an event of the socket at once and then at most once in `delay` ms, with the newest arguments; the last one is never lost. */
export function useThrottledSocket(event: string, callback: (...args: unknown[]) => void, delay: number): void {
  const { socket } = useTelltale();
  const newest = useRef(callback);
  useEffect(() => {
    newest.current = callback;
  });
  useEffect(() => {
    const throttled = throttle((...args: unknown[]) => newest.current(...args), delay);
    socket.on(event, throttled);
    return () => {
      socket.off(event, throttled);
      throttled.cancel();
    };
  }, [socket, event, delay]);
}
