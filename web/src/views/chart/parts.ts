// SPDX-License-Identifier: Apache-2.0
// What every page with charts shows around them. Each of these pages imports it, so that all of it is one
// file, asked for together with the page's own: left alone it is nine, asked for one after the other.

import "../device/availability";
import "../device/limits";
import "../device/readings";
import "./chart-card";
import "./legend";
import "./marks";
import "./page-range";
import "./range-bar";
import "../../charts/gauge";
import "../../state/events";
import "../../state/stretches";
import "../device/tabs";
import "../../state/switching";
import "../../lib/track";
