/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The parent's end of pictures: frames from a pipe, checked as what somebody
 * else's process has written. One frame is held at a time.
 *
 * Thread: the main context in which it was made.
 */

#pragma once

#include "sh-frame-header.h"

G_BEGIN_DECLS

typedef struct ShFrameReader ShFrameReader;

/* A whole frame; its header's numbers are sensible, and its size that of the
 * frame before. `pixels` are the reader's. */
typedef void (*ShFrameTaken) (const ShFrameHeader *header,
                              const guint8 *pixels,
                              gpointer data);
/* Once: what came is no frame. No more are read. */
typedef void (*ShFrameFailed) (const GError *error, gpointer data);

/* Makes the pipe. Errors: SH_ERROR_FAILED. */
ShFrameReader *sh_frame_reader_new (ShFrameTaken taken,
                                    ShFrameFailed failed,
                                    gpointer data,
                                    GError **error);

/* The end for the worker, owned by the reader. */
int sh_frame_reader_get_fd (const ShFrameReader *reader);

/* Takes what has been written so far. */
void sh_frame_reader_drain (ShFrameReader *reader);

void sh_frame_reader_free (ShFrameReader *reader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShFrameReader, sh_frame_reader_free)

G_END_DECLS
