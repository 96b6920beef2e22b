/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The parent's end of pictures: frames from a pipe, checked as what somebody
 * else's process has written. One frame is held at a time.
 *
 * Thread: the main context in which it was made.
 */

#pragma once

#include "sh-picture-header.h"

G_BEGIN_DECLS

typedef struct ShPictureReader ShPictureReader;

/* A whole frame; its header's numbers are sensible, and its size that of the
 * frame before. `pixels` are the reader's. */
typedef void (*ShPictureTaken) (const ShPictureHeader *header,
                                const guint8 *pixels,
                                gpointer data);
/* Once: what came is no frame. No more are read. */
typedef void (*ShPictureFailed) (const GError *error, gpointer data);

/* Makes the pipe. Errors: SH_ERROR_FAILED. */
ShPictureReader *sh_picture_reader_new (ShPictureTaken taken,
                                        ShPictureFailed failed,
                                        gpointer data,
                                        GError **error);

/* The end for the worker, owned by the reader. */
int sh_picture_reader_get_fd (const ShPictureReader *reader);

/* Takes what has been written so far. */
void sh_picture_reader_drain (ShPictureReader *reader);

/* The process that wrote is gone, and another will begin: takes what there is,
 * and drops the frame that it was writing. */
void sh_picture_reader_change_writer (ShPictureReader *reader);

void sh_picture_reader_free (ShPictureReader *reader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShPictureReader, sh_picture_reader_free)

G_END_DECLS
