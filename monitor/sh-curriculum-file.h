/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads a file of text, as far as a limit. Needs no display.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The callback's source is the file. */
void sh_curriculum_file_read (GFile *file,
                              gsize most_bytes,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer data);
/* Its text, which ends with a NUL; an error names the file, and says when it is too
 * large or no text. Free with g_free. */
char *sh_curriculum_file_read_finish (GFile *file,
                                      GAsyncResult *result,
                                      GError **error);

G_END_DECLS
