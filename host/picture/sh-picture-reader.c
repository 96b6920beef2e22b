/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-picture-reader.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <math.h>
#include <simhost/render.h>

#include "sh-error.h"
#include "sh-fd.h"

struct ShPictureReader
{
  ShPictureTaken taken;
  ShPictureFailed failed;
  gpointer data;
  int fds[2];
  GSource *source; /* NULL: no more are read */
  ShPictureHeader header;
  guint8 *pixels; /* NULL until the first header */
  guint32 width, height; /* of the first, and so of all */
  gsize n_pixel_bytes;
  gsize n_read; /* of header and pixels of the frame that is coming */
};

static void
stop (ShPictureReader *reader)
{
  if (reader->source == NULL)
    return;
  g_source_destroy (reader->source);
  g_clear_pointer (&reader->source, g_source_unref);
}

static void
fail (ShPictureReader *reader, const char *problem)
{
  g_autoptr (GError) error =
      g_error_new (SH_ERROR, SH_ERROR_FAILED,
                   "the simulator's process sent no picture: %s", problem);

  stop (reader);
  reader->failed (error, reader->data);
}

static gboolean
is_side (guint32 side)
{
  return side >= 1 && side <= SIMHOST_RENDER_MAX_SIDE;
}

/* Why the header that has just come is none. */
static const char *
check_header (ShPictureReader *reader)
{
  const ShPictureHeader *header = &reader->header;
  gsize size;

  if (header->magic != SH_PICTURE_MAGIC)
    return "its bytes are something else";
  if (!is_side (header->width) || !is_side (header->height) ||
      !isfinite (header->step_time) || header->step_time < 0.0)
    return "its size or time makes no sense";
  if (reader->pixels != NULL)
    return header->width == reader->width && header->height == reader->height
               ? NULL
               : "its size has changed";
  size = (gsize) header->width * header->height * 4;
  reader->width = header->width;
  reader->height = header->height;
  reader->n_pixel_bytes = size;
  reader->pixels = g_malloc (size);
  return NULL;
}

/* The place for the next byte, and how many may go there. */
static guint8 *
get_place (ShPictureReader *reader, gsize *room)
{
  const gsize head = sizeof reader->header;

  if (reader->n_read < head)
    {
      *room = head - reader->n_read;
      return (guint8 *) &reader->header + reader->n_read;
    }
  *room = head + reader->n_pixel_bytes - reader->n_read;
  return reader->pixels + (reader->n_read - head);
}

void
sh_picture_reader_drain (ShPictureReader *reader)
{
  while (reader->source != NULL)
    {
      const char *problem;
      gsize room;
      guint8 *place = get_place (reader, &room);
      gssize n = read (reader->fds[0], place, room);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && errno == EAGAIN)
        return;
      if (n <= 0)
        {
          fail (reader, n < 0 ? g_strerror (errno) : "the pipe is closed");
          return;
        }
      reader->n_read += (gsize) n;
      if (reader->n_read == sizeof reader->header &&
          (problem = check_header (reader)) != NULL)
        fail (reader, problem);
      else if (reader->n_read > sizeof reader->header && (gsize) n == room)
        {
          reader->n_read = 0;
          reader->taken (&reader->header, reader->pixels, reader->data);
        }
    }
}

void
sh_picture_reader_change_writer (ShPictureReader *reader)
{
  sh_picture_reader_drain (reader);
  reader->n_read = 0;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
  sh_picture_reader_drain (data);
  return G_SOURCE_CONTINUE;
}

ShPictureReader *
sh_picture_reader_new (ShPictureTaken taken,
                       ShPictureFailed failed,
                       gpointer data,
                       GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  ShPictureReader *reader;
  int fds[2];

  if (!g_unix_open_pipe (fds, FD_CLOEXEC, error))
    return NULL;
  g_unix_set_fd_nonblocking (fds[0], TRUE, NULL);
  /* A larger pipe saves turns; one of the usual size does as well. */
  fcntl (fds[0], F_SETPIPE_SZ, 1024 * 1024);

  reader = g_new0 (ShPictureReader, 1);
  reader->taken = taken;
  reader->failed = failed;
  reader->data = data;
  reader->fds[0] = fds[0];
  reader->fds[1] = fds[1];
  reader->source = g_unix_fd_source_new (fds[0], G_IO_IN);
  g_source_set_callback (reader->source, G_SOURCE_FUNC (on_readable), reader,
                         NULL);
  g_source_attach (reader->source, context);
  return reader;
}

int
sh_picture_reader_get_fd (const ShPictureReader *reader)
{
  return reader->fds[1];
}

void
sh_picture_reader_free (ShPictureReader *reader)
{
  if (reader == NULL)
    return;
  stop (reader);
  sh_fd_clear (&reader->fds[0]);
  sh_fd_clear (&reader->fds[1]);
  g_free (reader->pixels);
  g_free (reader);
}
