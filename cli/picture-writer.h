/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Where pictures of episodes end up: an animated GIF or a folder of PNG files.
 * Each kind is a table of functions over a struct of its own.
 */

#pragma once

#include <glib.h>

#include "sh-picture-header.h"

G_BEGIN_DECLS

typedef struct ShPictureWriter ShPictureWriter;

typedef struct
{
  /* The frames of an episode, in order; the first has step 0. One whose step 0
   * follows without end_episode replaces the episode before it: that was lost.
   */
  gboolean (*add) (ShPictureWriter *writer,
                   const ShPictureHeader *header,
                   const guint8 *pixels,
                   GError **error);
  gboolean (*end_episode) (ShPictureWriter *writer, GError **error);
  /* Keeps what was written; an episode that has not ended is left out. */
  gboolean (*finish) (ShPictureWriter *writer, GError **error);
  void (*free) (ShPictureWriter *writer);
} ShPictureWriterClass;

struct ShPictureWriter
{
  const ShPictureWriterClass *class;
  char *path;
  guint n_frames; /* of episodes that have ended */
  const char *full; /* no more is taken: the limit that was reached, or NULL */
};

/* An animated GIF that plays in simulated time, for ever; written whole at
 * finish. Errors: SH_ERROR_USAGE when this program was built without giflib;
 * SH_ERROR_FAILED when the file could not be written there. */
ShPictureWriter *sh_picture_gif_new (const char *path, GError **error);

/* Files episode-0001-step-0000.png ... in a folder, which is made. Errors:
 * SH_ERROR_USAGE when this program was built without cairo; SH_ERROR_FAILED. */
ShPictureWriter *sh_picture_png_new (const char *path, GError **error);

static inline void
sh_picture_writer_free (ShPictureWriter *writer)
{
  if (writer != NULL)
    writer->class->free (writer);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShPictureWriter, sh_picture_writer_free)

G_END_DECLS
