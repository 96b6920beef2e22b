/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The application org.simhost.Monitor: one window. Its action `show` takes the path
 * of one of the daemon's objects, and shows it.
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define SH_MONITOR_ID "org.simhost.Monitor"

#define SH_TYPE_MONITOR (sh_monitor_get_type ())
G_DECLARE_FINAL_TYPE (ShMonitor, sh_monitor, SH, MONITOR, AdwApplication)

GApplication *sh_monitor_new (void);

G_END_DECLS
