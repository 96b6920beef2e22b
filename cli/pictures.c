/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "pictures.h"

#include <string.h>

#include "picture-writer.h"
#include "sh-error.h"
#include "sh-extension.h"
#include "sh-picture-reader.h"

struct ShPictures
{
  ShPictureWriter *writer;
  ShPictureReader *reader;
  ShPicturesFailed failed;
  gpointer data;
  guint width, height;
  guint n_left; /* episodes */
  guint32 next_step;
  GError *error;
};

static void
fail (ShPictures *pictures, GError *error)
{
  g_autoptr (GError) mine = error;

  if (pictures->error != NULL)
    return;
  pictures->error = g_steal_pointer (&mine);
  if (pictures->failed != NULL)
    pictures->failed (pictures->error, pictures->data);
}

static void
on_failed (const GError *error, gpointer data)
{
  fail (data, g_error_copy (error));
}

static void
on_frame (const ShPictureHeader *header, const guint8 *pixels, gpointer data)
{
  ShPictures *pictures = data;
  GError *error = NULL;

  if (pictures->error != NULL || pictures->n_left == 0)
    return;
  if (header->step != 0 && header->step != pictures->next_step)
    error = g_error_new (SH_ERROR, SH_ERROR_FAILED,
                         "a picture of step %u came instead of step %u",
                         header->step, pictures->next_step);
  pictures->next_step = header->step + 1;
  if (error == NULL)
    pictures->writer->class->add (pictures->writer, header, pixels, &error);
  if (error != NULL)
    fail (pictures, error);
}

static gboolean
is_gif (const char *path)
{
  gsize length = strlen (path);

  return length >= 4 && g_ascii_strcasecmp (path + length - 4, ".gif") == 0;
}

/* Names that a folder has by mistake only. */
static gboolean
is_other_picture (const char *path)
{
  const char *const endings[] = { ".png", ".apng", ".jpg", ".jpeg", ".webp",
                                  ".svg", ".mp4",  ".avi", ".webm" };
  g_autofree char *lower = g_ascii_strdown (path, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    if (g_str_has_suffix (lower, endings[i]))
      return !g_file_test (path, G_FILE_TEST_IS_DIR);
  return FALSE;
}

/* "400x300" */
static gboolean
parse_size (const char *text, guint *width, guint *height, GError **error)
{
  g_auto (GStrv) sides = g_strsplit (text, "x", -1);
  guint64 values[2];

  if (g_strv_length (sides) == 2 &&
      g_ascii_string_to_unsigned (sides[0], 10, 1, SIMHOST_RENDER_MAX_SIDE,
                                  &values[0], NULL) &&
      g_ascii_string_to_unsigned (sides[1], 10, 1, SIMHOST_RENDER_MAX_SIDE,
                                  &values[1], NULL))
    {
      *width = (guint) values[0];
      *height = (guint) values[1];
      return TRUE;
    }
  g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
               "'%s' is no size; give width and height in pixels, at most %u "
               "each, as in 400x300",
               text, SIMHOST_RENDER_MAX_SIDE);
  return FALSE;
}

ShPictures *
sh_pictures_new (const char *path,
                 const char *size,
                 guint n_episodes,
                 GError **error)
{
  g_autoptr (ShPictures) pictures = g_new0 (ShPictures, 1);

  pictures->n_left = n_episodes;
  if (path[0] == '\0')
    {
      g_set_error_literal (error, SH_ERROR, SH_ERROR_USAGE,
                           "pictures need the name of a FILE.gif or a folder");
      return NULL;
    }
  if (is_other_picture (path))
    {
      g_set_error (
          error, SH_ERROR, SH_ERROR_USAGE,
          "'%s' is not a kind of picture that is made; give a FILE.gif, "
          "or a folder for PNG files",
          path);
      return NULL;
    }
  if (size != NULL &&
      !parse_size (size, &pictures->width, &pictures->height, error))
    return NULL;
  pictures->writer = is_gif (path) ? sh_picture_gif_new (path, error)
                                   : sh_picture_png_new (path, error);
  if (pictures->writer == NULL)
    return NULL;
  pictures->reader =
      sh_picture_reader_new (on_frame, on_failed, pictures, error);
  return pictures->reader != NULL ? g_steal_pointer (&pictures) : NULL;
}

void
sh_pictures_set_failed (ShPictures *pictures,
                        ShPicturesFailed failed,
                        gpointer data)
{
  pictures->failed = failed;
  pictures->data = data;
}

void
sh_pictures_get_frame (const ShPictures *pictures,
                       guint *width,
                       guint *height,
                       int *fd)
{
  *width = pictures->width;
  *height = pictures->height;
  *fd = sh_picture_reader_get_fd (pictures->reader);
}

gboolean
sh_pictures_check_simulator (const ShSimulatorInfo *simulator, GError **error)
{
  g_autoptr (GPtrArray) infos = NULL;
  g_autoptr (GString) others = g_string_new (NULL);

  if (simulator->extensions & SH_EXTENSION_RENDER)
    return TRUE;
  infos = sh_catalog_scan ();
  for (guint i = 0; i < infos->len; i++)
    {
      const ShPluginInfo *info = infos->pdata[i];

      for (guint k = 0; k < info->n_simulators; k++)
        if (info->simulators[k].extensions & SH_EXTENSION_RENDER)
          g_string_append_printf (others, "%s'%s'", others->len > 0 ? ", " : "",
                                  info->simulators[k].simulator.name);
    }
  g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
               "simulator '%s' does not draw itself (%s); %s%s",
               simulator->simulator.name, SIMHOST_RENDER_ID,
               others->len > 0 ? "these do: " : "nor does any other",
               others->str);
  return FALSE;
}

void
sh_pictures_change_worker (ShPictures *pictures)
{
  sh_picture_reader_change_writer (pictures->reader);
}

void
sh_pictures_end_episode (ShPictures *pictures)
{
  GError *error = NULL;

  /* What was drawn before the last state was sent lies in the pipe. */
  sh_picture_reader_drain (pictures->reader);
  if (pictures->error != NULL || pictures->n_left == 0)
    return;
  pictures->n_left--;
  if (!pictures->writer->class->end_episode (pictures->writer, &error))
    fail (pictures, error);
}

gboolean
sh_pictures_finish (ShPictures *pictures, GError **error)
{
  ShPictureWriter *writer = pictures->writer;

  if (pictures->error != NULL)
    {
      g_propagate_error (error, g_error_copy (pictures->error));
      return FALSE;
    }
  if (!writer->class->finish (writer, error))
    return FALSE;
  if (writer->full != NULL)
    g_warning ("%s: the pictures end at the limit of %s; what came after is "
               "not in them",
               writer->path, writer->full);
  g_message ("%s: %u frames", writer->path, writer->n_frames);
  return TRUE;
}

void
sh_pictures_free (ShPictures *pictures)
{
  if (pictures == NULL)
    return;
  sh_picture_reader_free (pictures->reader);
  sh_picture_writer_free (pictures->writer);
  g_clear_error (&pictures->error);
  g_free (pictures);
}
