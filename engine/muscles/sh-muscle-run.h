/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The body of `simhost muscle`: loads a plugin and does what the conductor at
 * the other end of its socket asks for, until that says that it is over or is
 * gone.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * `file` is the plugin, `simulator` one of those in it; `program_file` is what
 * the program is called in messages. What goes wrong with
 * program or simulator is told to the conductor, and is no error here. Errors:
 * SH_ERROR_USAGE when this process was not started by a conductor.
 */
gboolean sh_muscle_run (const char *file,
                        const char *simulator,
                        const char *program_file,
                        GError **error);

G_END_DECLS
