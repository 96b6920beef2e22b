/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The `options` of a method, a{sv}: a table says which there may be, and where
 * they go. Any other is an error, so that nothing asked for is left undone in
 * silence.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes of a text, and texts of a list. */
#define SH_BUS_MAX_TEXT 4096u
#define SH_BUS_MAX_TEXTS 256u

typedef struct
{
  const char *name;
  /* "s", "as", "b", "u", "i", "t"; then the member is a char *, char **,
   * gboolean, guint, gint, guint64. Texts are copies, the caller's. */
  const char *type;
  gsize offset;
} ShBusOption;

/*
 * Reads all of `options`, of type a{sv}, into the struct `into`; members whose
 * option is not there stay as they are, and so do all when it fails. `method`
 * is for the message. Errors: SH_ERROR_USAGE, SH_ERROR_LIMIT naming the option.
 */
gboolean sh_bus_options_read (GVariant *options,
                              const char *method,
                              const ShBusOption *table,
                              gsize n_rows,
                              gpointer into,
                              GError **error);

/* For methods that have no options yet. */
gboolean sh_bus_options_check_none (GVariant *options,
                                    const char *method,
                                    GError **error);

/* A text that a client sent: not longer than SH_BUS_MAX_TEXT, in one line.
 * Errors: SH_ERROR_USAGE, SH_ERROR_LIMIT. */
gboolean sh_bus_check_text (const char *what, const char *text, GError **error);

G_END_DECLS
