/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Object paths. A name may hold what a path must not: its letters, digits stay,
 * every other byte becomes an underscore and two hexadecimal digits.
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

/* "/org/simhost/Host1/KIND/NAME", or NAME__2 and so on while `taken` says so.
 * The caller frees it. */
char *sh_bus_path_new (const char *kind,
                       const char *name,
                       gboolean (*taken) (const char *path, gpointer data),
                       gpointer data);

G_END_DECLS
