// SPDX-License-Identifier: Apache-2.0
export { Telltale, type Options } from "./client.js";
export { TelltaleError, type History, type HistoryQuery } from "./rest.js";
export { throttle } from "./throttle.js";
export type * from "./types.js";
