/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What stands before each frame on its way from a worker to its parent, through
 * a pipe. width * height * 4 bytes follow: rows from the top, without gaps, of
 * red, green, blue, alpha (not premultiplied). Both ends are the same program.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SH_PICTURE_MAGIC 0x4d415246u /* "FRAM" */

typedef struct
{
  guint32 magic;
  guint32 width, height;
  guint32 step; /* 0: an episode begins */
  double step_time; /* seconds of simulated time in a step; 0: it has none */
} ShPictureHeader;

G_END_DECLS
