/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What objects on the bus have in common: their paths, and how they are shown.
 * A name may hold what a path must not: its letters and digits stay, every other
 * byte becomes an underscore and two hexadecimal digits.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SH_BUS_NAME "org.simhost.Host1"
#define SH_BUS_ROOT "/org/simhost/Host1"
/* Leads nowhere. */
#define SH_BUS_NOWHERE "/"
/* Bytes of a name that go into a path; the rest is left out. */
#define SH_BUS_MAX_NAME 200u

/* "/org/simhost/Host1/KIND/NAME", or NAME__2 and so on when there is such an
 * object. The caller frees it. */
char *sh_bus_path_new (GDBusObjectManagerServer *server,
                       const char *kind,
                       const char *name);

/* Shows an interface as an object of its own. */
void sh_bus_show (GDBusObjectManagerServer *server,
                  const char *path,
                  gpointer skeleton);

/* Lets the skeleton's properties that are doubles be NaN, which GObject would
 * refuse. */
void sh_bus_allow_nan (gpointer skeleton);

G_END_DECLS
