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
/* Milliseconds between two turns. A writer without a buffer makes a system call
 * for each word; this reader would wake for each of them. */
#define PAUSE 10u
/* Read after the writer has gone. */
#define FINISH_BYTES (16u * TURN_BYTES)

struct ShLineReader
{
  int fd;
  ShLineFunc func;
  gpointer data;
  GMainContext *context;
  GSource *source; /* waits for input, or for the end of a pause */
  gboolean raw;
  gsize limit; /* bytes of a line */
  gsize length; /* of the line so far, without what was cut */
  gboolean cut; /* the line so far is longer */
  char line[]; /* one byte more than the limit */
};

static void
emit (ShLineReader *reader)
{
  g_autofree char *text = NULL;
  gsize length = reader->length;

  reader->length = 0;
  if (reader->raw && reader->cut)
    g_warning ("a line of more than %" G_GSIZE_FORMAT " bytes is left out",
               reader->limit);
  else if (reader->raw)
    {
      reader->line[length] = '\0';
      reader->func (reader->line, reader->data);
    }
  else
    {
      text = sh_text_to_line (reader->line, (gssize) length);
      if (text[0] != '\0')
        reader->func (text, reader->data);
    }
  reader->cut = FALSE;
}

static void
add (ShLineReader *reader, const char *bytes, gsize size)
{
  while (size > 0)
    {
      const char *end = memchr (bytes, '\n', size);
      gsize part = end != NULL ? (gsize) (end - bytes) : size;
      gsize room = reader->limit - reader->length;

      memcpy (reader->line + reader->length, bytes, MIN (part, room));
      reader->length += MIN (part, room);
      reader->cut = reader->cut || part > room;
      if (end == NULL)
        return;
      emit (reader);
      bytes += part + 1;
      size -= part + 1;
    }
}

static void
clear_source (ShLineReader *reader)
{
  if (reader->source != NULL)
    {
      g_source_destroy (reader->source);
      g_clear_pointer (&reader->source, g_source_unref);
    }
}

static void
set_source (ShLineReader *reader, GSource *source, GSourceFunc func)
{
  clear_source (reader);
  reader->source = source;
  g_source_set_callback (source, func, reader, NULL);
  g_source_attach (source, reader->context);
}

static void
close_reader (ShLineReader *reader)
{
  clear_source (reader);
  sh_fd_clear (&reader->fd);
}

/* FALSE: there will be no more. */
static gboolean
read_some (ShLineReader *reader, gsize most, gsize *n_read)
{
  char bytes[4096];
  gsize total;

  for (total = 0; total < most; *n_read = total)
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

static void wait_for_input (ShLineReader *reader);

static void
end (ShLineReader *reader)
{
  /* A last line without newline. */
  if (reader->length > 0)
    emit (reader);
  close_reader (reader);
}

static gboolean
on_pause_over (gpointer data)
{
  ShLineReader *reader = data;
  gsize n_read = 0;

  if (!read_some (reader, TURN_BYTES, &n_read))
    end (reader);
  else if (n_read > 0)
    return G_SOURCE_CONTINUE;
  else
    wait_for_input (reader);
  return G_SOURCE_REMOVE;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
  ShLineReader *reader = data;
  gsize n_read = 0;

  if (!read_some (reader, TURN_BYTES, &n_read))
    end (reader);
  else
    set_source (reader, g_timeout_source_new (PAUSE), on_pause_over);
  return G_SOURCE_REMOVE;
}

static void
wait_for_input (ShLineReader *reader)
{
  set_source (reader,
              g_unix_fd_source_new (reader->fd, G_IO_IN | G_IO_HUP | G_IO_ERR),
              G_SOURCE_FUNC (on_readable));
}

static ShLineReader *
new_reader (int fd, gboolean raw, gsize limit, ShLineFunc func, gpointer data)
{
  ShLineReader *reader = g_malloc0 (sizeof *reader + limit + 1);

  g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  reader->fd = fd;
  reader->raw = raw;
  reader->limit = limit;
  reader->func = func;
  reader->data = data;
  reader->context = g_main_context_ref_thread_default ();
  wait_for_input (reader);
  return reader;
}

ShLineReader *
sh_line_reader_new (int fd, ShLineFunc func, gpointer data)
{
  return new_reader (fd, FALSE, SH_TEXT_MAX_LINE, func, data);
}

ShLineReader *
sh_line_reader_new_raw (int fd, gsize limit, ShLineFunc func, gpointer data)
{
  return new_reader (fd, TRUE, limit, func, data);
}

void
sh_line_reader_finish (ShLineReader *reader)
{
  gsize n_read;

  if (reader->fd < 0)
    return;
  read_some (reader, FINISH_BYTES, &n_read);
  end (reader);
}

void
sh_line_reader_free (ShLineReader *reader)
{
  if (reader == NULL)
    return;
  close_reader (reader);
  g_main_context_unref (reader->context);
  g_free (reader);
}
