// SPDX-License-Identifier: Apache-2.0

import { en } from "./en";
import type { Words } from "./say";

export const de: Words = en;
