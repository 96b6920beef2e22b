/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Folders for a test: made by it, and gone after it.
 */

#pragma once

#include <glib.h>

/* A new folder, mode 0700. The caller frees the path with folder_free. */
char *folder_new (void);

/* Removes the folder with all that is in it, and frees the path. */
void folder_free (char *folder);

/* Copies `from` to FOLDER/NAME, mode 0644, and returns that path. */
char *folder_copy (const char *folder, const char *name, const char *from);
