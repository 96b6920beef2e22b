/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Frames as PNG files in a folder, one a step.
 */

#include "picture-writer.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "cmd.h"
#include "sh-error.h"

#ifdef HAVE_CAIRO

#include <cairo.h>

#define MAX_FRAMES 100000

typedef struct
{
  ShPictureWriter base;
  guint episode; /* counted from 1 */
  guint n_episode_frames; /* of one that has not ended */
} Png;

static void
png_free (ShPictureWriter *writer)
{
  g_free (writer->path);
  g_free (writer);
}

static char *
get_path (const Png *self, guint step)
{
  return g_strdup_printf ("%s/episode-%04u-step-%04u.png", self->base.path,
                          self->episode, step);
}

/* Cairo wants numbers, blue in the low byte, that are premultiplied. */
static void
convert (const guint8 *from, guint width, guint8 *to)
{
  for (guint x = 0; x < width; x++, from += 4, to += 4)
    {
      guint32 alpha = from[3], argb = alpha << 24;

      for (guint k = 0; k < 3; k++)
        argb |= ((from[k] * alpha + 127) / 255) << (16 - 8 * k);
      *(guint32 *) (gpointer) to = argb;
    }
}

static cairo_status_t
append (void *closure, const unsigned char *bytes, unsigned int size)
{
  g_byte_array_append (closure, bytes, size);
  return CAIRO_STATUS_SUCCESS;
}

static GByteArray *
encode (const ShPictureHeader *header, const guint8 *pixels, GError **error)
{
  cairo_surface_t *surface = cairo_image_surface_create (
      CAIRO_FORMAT_ARGB32, (int) header->width, (int) header->height);
  guint8 *data = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_status_t status = cairo_surface_status (surface);

  if (status == CAIRO_STATUS_SUCCESS)
    {
      for (guint y = 0; y < header->height; y++)
        convert (pixels + (gsize) y * header->width * 4, header->width,
                 data + (gsize) y * (gsize) stride);
      cairo_surface_mark_dirty (surface);
      status = cairo_surface_write_to_png_stream (surface, append, bytes);
    }
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_steal_pointer (&bytes);
  g_set_error (error, SH_ERROR, SH_ERROR_FAILED, "cannot make a PNG: %s",
               cairo_status_to_string (status));
  return NULL;
}

/* Takes an episode back that was lost. */
static void
forget (Png *self)
{
  for (; self->n_episode_frames > 0; self->n_episode_frames--)
    {
      g_autofree char *path = get_path (self, self->n_episode_frames - 1);

      g_unlink (path);
    }
}

static gboolean
png_add (ShPictureWriter *writer,
         const ShPictureHeader *header,
         const guint8 *pixels,
         GError **error)
{
  Png *self = (Png *) writer;
  g_autoptr (GByteArray) bytes = NULL;
  g_autofree char *path = get_path (self, header->step);

  if (header->step == 0)
    forget (self);
  if (writer->full != NULL)
    return TRUE;
  bytes = encode (header, pixels, error);
  if (bytes == NULL ||
      !sh_cmd_write_file (path, bytes->data, bytes->len, error))
    return FALSE;
  if (writer->n_frames + ++self->n_episode_frames == MAX_FRAMES)
    writer->full = G_STRINGIFY (MAX_FRAMES) " files";
  return TRUE;
}

static gboolean
png_end_episode (ShPictureWriter *writer, GError **error)
{
  Png *self = (Png *) writer;

  writer->n_frames += self->n_episode_frames;
  self->n_episode_frames = 0;
  self->episode++;
  return TRUE;
}

static gboolean
png_finish (ShPictureWriter *writer, GError **error)
{
  forget ((Png *) writer);
  return TRUE;
}

static const ShPictureWriterClass png_class = {
  .add = png_add,
  .end_episode = png_end_episode,
  .finish = png_finish,
  .free = png_free,
};

ShPictureWriter *
sh_picture_png_new (const char *path, GError **error)
{
  Png *self;

  if (g_mkdir_with_parents (path, 0777) != 0)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
                   "cannot make the folder '%s': %s", path, g_strerror (errno));
      return NULL;
    }
  self = g_new0 (Png, 1);
  self->base.class = &png_class;
  self->base.path = g_strdup (path);
  self->episode = 1;
  return &self->base;
}

#else

ShPictureWriter *
sh_picture_png_new (const char *path, GError **error)
{
  g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
               "this simhost was built without cairo and makes no PNG files in "
               "'%s'; an animated GIF has a name that ends in .gif",
               path);
  return NULL;
}

#endif
