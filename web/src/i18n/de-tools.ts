// SPDX-License-Identifier: Apache-2.0

import { alerting } from "./de-alerting";
import { boards } from "./de-boards";
import { channels } from "./de-channels";
import { rules } from "./de-rules";
import type { ToolWords } from "./tools";

export const tools: ToolWords = { alerting, boards, channels, rules };
