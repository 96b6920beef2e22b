/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Pictures of the episodes that a brain plays: frames that a worker sends, put
 * together by episodes, in a file or folder.
 *
 * Thread: the main context in which it was made.
 */

#pragma once

#include <glib.h>

#include "sh-catalog.h"

G_BEGIN_DECLS

typedef struct ShPictures ShPictures;

/* Once, when pictures cannot go on. */
typedef void (*ShPicturesFailed) (const GError *error, gpointer data);

/*
 * `path` is an animated GIF if it ends in .gif, else a folder of PNG files.
 * `size`: "400x300", or NULL for what the simulator prefers. Errors:
 * SH_ERROR_USAGE, SH_ERROR_FAILED when nothing could be written there.
 */
ShPictures *sh_pictures_new (const char *path,
                             const char *size,
                             guint n_episodes,
                             GError **error);
void sh_pictures_set_failed (ShPictures *pictures,
                             ShPicturesFailed failed,
                             gpointer data);

/* For the worker: 0 where the simulator is to choose; the pipe's end is not
 * handed over. */
void sh_pictures_get_frame (const ShPictures *pictures,
                            guint *width,
                            guint *height,
                            int *fd);

/* Errors: SH_ERROR_NOT_FOUND listing the simulators that draw themselves. */
gboolean sh_pictures_check_simulator (const ShSimulatorInfo *simulator,
                                      GError **error);

/* The worker is gone, and another will be started: half a frame is dropped, and
 * the episode begins anew. */
void sh_pictures_change_worker (ShPictures *pictures);

/* An episode was played to its end: its frames are taken. */
void sh_pictures_end_episode (ShPictures *pictures);

/* All were: keeps the pictures, and says in the log what became of them. */
gboolean sh_pictures_finish (ShPictures *pictures, GError **error);

void sh_pictures_free (ShPictures *pictures);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShPictures, sh_pictures_free)

G_END_DECLS
