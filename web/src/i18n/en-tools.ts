// SPDX-License-Identifier: Apache-2.0
// Words of the pages that are opened to arrange things: a chunk of its own, since the first view has no use for them.

import { alerting } from "./en-alerting";
import { boards } from "./en-boards";
import { channels } from "./en-channels";
import { rules } from "./en-rules";

export const tools = { alerting, boards, channels, rules } as const;
