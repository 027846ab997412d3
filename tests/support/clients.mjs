// SPDX-License-Identifier: Apache-2.0
// Stock clients, connected and closed with the test.
import mqtt from 'mqtt';
import { io } from 'socket.io-client';
import { Recorder, within } from './wait.mjs';

export const LIVE_EVENTS = ['dashboard:data', 'dashboard:update', 'sensor-data', 'device-update', 'alert-created',
  'alert-pending', 'alert-updated', 'alert-resolved', 'stream-level', 'sensor-batch', 'area-update', 'server-time', 'resync'];

// A connected MQTT client.
export async function mqttClient(t, port, options = {}) {
  const client = mqtt.connect({ host: '127.0.0.1', port, protocolVersion: 4, reconnectPeriod: 0, connectTimeout: 8000, ...options });
  client.on('error', () => {});
  t.after(() => client.endAsync(true).catch(() => {}));
  await within(new Promise((resolve, reject) => {
    client.once('connect', resolve);
    client.once('error', reject);
    client.once('close', () => reject(new Error('closed before CONNACK')));
  }), 'CONNACK');
  return client;
}

// One reading as the default payload.
export function reading(deviceId, sensorType, value, timestamp = Date.now(), more = {}) {
  return JSON.stringify({ deviceId, sensorType, value, timestamp, ...more });
}

export function publishReading(client, device, sensor, value, timestamp, more) {
  return client.publishAsync(`sensors/${device}/${sensor}`, reading(device, sensor, value, timestamp, more), { qos: 1 });
}

// A connected Socket.IO client with `events`, a Recorder of everything the server sends.
export async function liveClient(t, base, options = {}) {
  const socket = io(base, { transports: ['websocket'], reconnection: false, forceNew: true, ...options });
  socket.events = new Recorder(socket, LIVE_EVENTS);
  t.after(() => socket.disconnect());
  await within(new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  }), 'the Socket.IO connection');
  return socket;
}

// Sends an event and resolves with its acknowledgement.
export function ask(socket, name, ...args) {
  return within(new Promise((resolve) => { socket.emit(name, ...args, resolve); }), `the answer to ${name}`);
}
