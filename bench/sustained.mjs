// SPDX-License-Identifier: Apache-2.0
// `make bench-sustained MINUTES=10`: one value a message as fast as the program takes them, and each minute
// what it took, what memory it has, and what its files take. usage: node sustained.mjs [MINUTES] [VALUES] [RATE]
import { buildLoad, program, Run, folderBytes } from './processes.mjs';

const [minutes, values, rate] = [10, 1, 0].map((otherwise, i) => Number(process.argv[i + 2] ?? otherwise));
const number = (x, digits = 0) => x.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const row = (...cells) => console.log(cells.map((cell) => String(cell).padStart(14)).join(' |'));

buildLoad();
const server = await program();
const metrics = async () => {
  const text = await (await fetch(`http://127.0.0.1:${server.http}/metrics`)).text();
  return (name) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
};

console.log(`messages of ${values} value${values > 1 ? 's' : ''}, QoS 0, ${rate ? `${number(rate)}/s` : 'as fast as it goes'}, ${minutes} minutes`);
row('minute', 'messages/s', 'readings/s', 'RSS, MB', 'unstored, MB', 'files, MB', 'CPU, cores');
const sender = new Run('mqtt_publish', ['--port', server.mqtt, '--messages', 1_000_000, '--values', values, '--rate', rate, '--seconds', minutes * 60]);
await sender.line();
const begin = performance.now();
let before = { at: begin, messages: 0, readings: 0, cpu: await server.cpu() };
for (let minute = 1; minute <= Math.ceil(minutes); minute += 1) {
  const until = begin + Math.min(minute, minutes) * 60_000;
  await new Promise((resolve) => { setTimeout(resolve, until - performance.now()); });
  const value = await metrics();
  const now = { at: performance.now(), messages: value('telltale_messages_total'), readings: value('telltale_readings_total'), cpu: await server.cpu() };
  const seconds = (now.at - before.at) / 1000;
  row(number(Math.min(minute, minutes), minute > minutes ? 1 : 0), number((now.messages - before.messages) / seconds), number((now.readings - before.readings) / seconds),
    number(server.memory() / 1e6, 1), number(value('telltale_queue_store_bytes') / 1e6, 1), number(folderBytes(server.data) / 1e6), number((now.cpu - before.cpu) / seconds, 2));
  before = now;
}
const sent = await sender.end();
const stored = await server.stored(sent.readings);
const value = await metrics();
console.log(`sent ${number(sent.messages)} messages in ${number(sent.seconds, 1)} s, ${number(sent.messages / sent.seconds)}/s; received ${number(value('telltale_messages_total'))}, `
  + `${number(value('telltale_readings_total'))} readings; stored ${number(stored)}, lost ${number(sent.readings - stored)}`);
console.log(`memory after it: ${number(server.memory() / 1e6, 1)} MB`);
await server.stop();
