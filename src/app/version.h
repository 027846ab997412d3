/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TELLTALE_APP_VERSION_H
#define TELLTALE_APP_VERSION_H

#define TELLTALE_VERSION "0.1.0"

#endif
