/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Reading lines without waiting for them.
 */

#include "sh-line-reader.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>

#include "sh-fd.h"
#include "sh-text.h"

/* Read in one turn of the loop: whoever floods must not starve the others. */
#define TURN_BYTES 65536u
/* Read after the writer has gone. */
#define FINISH_BYTES (16u * TURN_BYTES)

struct ShLineReader
{
  int fd;
  ShLineFunc func;
  gpointer data;
  GSource *source;
  gsize length; /* of the line so far, without what was cut */
  char line[SH_TEXT_MAX_LINE];
};

static void
emit (ShLineReader *reader)
{
  g_autofree char *text =
      sh_text_to_line (reader->line, (gssize) reader->length);

  reader->length = 0;
  if (text[0] != '\0')
    reader->func (text, reader->data);
}

static void
add (ShLineReader *reader, const char *bytes, gsize size)
{
  while (size > 0)
    {
      const char *end = memchr (bytes, '\n', size);
      gsize part = end != NULL ? (gsize) (end - bytes) : size;
      gsize room = sizeof reader->line - reader->length;

      memcpy (reader->line + reader->length, bytes, MIN (part, room));
      reader->length += MIN (part, room);
      if (end == NULL)
        return;
      emit (reader);
      bytes += part + 1;
      size -= part + 1;
    }
}

static void
close_reader (ShLineReader *reader)
{
  if (reader->source != NULL)
    {
      g_source_destroy (reader->source);
      g_clear_pointer (&reader->source, g_source_unref);
    }
  sh_fd_clear (&reader->fd);
}

/* FALSE: there will be no more. */
static gboolean
read_some (ShLineReader *reader, gsize most)
{
  char bytes[4096];

  for (gsize total = 0; total < most;)
    {
      gssize n = read (reader->fd, bytes, sizeof bytes);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return n < 0 && errno == EAGAIN;
      add (reader, bytes, (gsize) n);
      total += (gsize) n;
    }
  return TRUE;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
  ShLineReader *reader = data;

  if (read_some (reader, TURN_BYTES))
    return G_SOURCE_CONTINUE;
  emit (reader);
  close_reader (reader);
  return G_SOURCE_REMOVE;
}

ShLineReader *
sh_line_reader_new (int fd, ShLineFunc func, gpointer data)
{
  ShLineReader *reader = g_new0 (ShLineReader, 1);
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  reader->fd = fd;
  reader->func = func;
  reader->data = data;
  reader->source = g_unix_fd_source_new (fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
  g_source_set_callback (reader->source, G_SOURCE_FUNC (on_readable), reader,
                         NULL);
  g_source_attach (reader->source, context);
  return reader;
}

void
sh_line_reader_finish (ShLineReader *reader)
{
  if (reader->fd < 0)
    return;
  read_some (reader, FINISH_BYTES);
  emit (reader);
  close_reader (reader);
}

void
sh_line_reader_free (ShLineReader *reader)
{
  if (reader == NULL)
    return;
  close_reader (reader);
  g_free (reader);
}
