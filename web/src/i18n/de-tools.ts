// SPDX-License-Identifier: Apache-2.0

import { tools as english } from "./en-tools";
import type { ToolWords } from "./tools";

export const tools: ToolWords = english;
