// SPDX-License-Identifier: Apache-2.0
// The stack that people build by hand: mqtt.js from a broker, socket.io to browsers, one emit a message.
// usage: node socketio.mjs BROKER-PORT; prints {"port":N} when it listens and is subscribed.
import { createServer } from 'node:http';
import mqtt from 'mqtt';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
const client = mqtt.connect({ host: '127.0.0.1', port: Number(process.argv[2]) });
client.on('message', (topic, payload) => {
  io.emit('sensor-data', { topic, data: JSON.parse(payload.toString()), timestamp: Date.now() });
});
client.on('connect', () => {
  client.subscribe('#', () => {
    http.listen(0, '127.0.0.1', () => { console.log(JSON.stringify({ port: http.address().port })); });
  });
});
