// SPDX-License-Identifier: Apache-2.0
// What the first view is made of. The build has every chunk import it, so that all of it is one file:
// left alone, each module would stand in a chunk of its own for every set of pages that share it, and
// forty small files compress a tenth worse than one.

import "./views/app";
import "./views/lamp";
import "./views/language";
import "./views/theme";
import "./views/router";
import "./views/popover";
import "./views/chart/open-range";
import "./views/page-keys";
import "./views/overlay";
import "./views/toggles";
import "./lib/worker-hindrance";
import "./views/compare-address";
// Small, and shared by so many pages that each would otherwise be a request of its own.
import "./lib/span";
import "./views/chart/range-text";
import "./charts/words";
import "./state/printing";
