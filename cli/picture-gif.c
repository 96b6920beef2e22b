/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Frames as an animated GIF. Each is reduced to 256 colours of its own, and
 * after an episode's first one only the rectangle that has changed is written.
 * The file is made in memory: a few kilobytes a frame, and bounded.
 */

#include "picture-writer.h"

#include <errno.h>
#include <unistd.h>

#include "cmd.h"
#include "sh-error.h"

#ifdef HAVE_GIF

#include <gif_lib.h>
#include <math.h>
#include <string.h>

#define MAX_FRAMES 5000
#define MAX_BYTES (128u * 1024 * 1024)

/* Hundredths of a second. Many programs take a delay below the least for a
 * tenth of a second. */
#define LEAST_DELAY 2
#define MOST_DELAY 6000
#define TIMELESS_DELAY 25 /* where a step has no time */
#define PAUSE 100 /* on the last frame of an episode */

typedef struct
{
  ShPictureWriter base;
  GifFileType *gif; /* NULL until the first frame */
  GByteArray *bytes;
  guint width, height;
  guint episode_start; /* in bytes */
  guint n_episode_frames;
  guint8 *shown; /* RGB, what has been written; */
  guint8 *next; /* RGB, what comes next, once its delay is known */
  gboolean has_shown, has_next;
  double next_time; /* hundredths of a second since the episode began */
  GifByteType *planes[3], *indices;
} Gif;

static void
gif_free (ShPictureWriter *writer)
{
  Gif *self = (Gif *) writer;
  int code;

  if (self->gif != NULL)
    EGifCloseFile (self->gif, &code);
  g_byte_array_unref (self->bytes);
  for (guint i = 0; i < 3; i++)
    g_free (self->planes[i]);
  g_free (self->indices);
  g_free (self->shown);
  g_free (self->next);
  g_free (self->base.path);
  g_free (self);
}

static int
append (GifFileType *gif, const GifByteType *bytes, int size)
{
  g_byte_array_append (gif->UserData, bytes, (guint) size);
  return size;
}

static gboolean
fail (Gif *self, int code, GError **error)
{
  const char *text = GifErrorString (code);

  g_set_error (error, SH_ERROR, SH_ERROR_FAILED, "cannot make '%s': %s",
               self->base.path, text != NULL ? text : "giflib failed");
  return FALSE;
}

/* Which says that it is to be played again and again. */
static int
put_loop (GifFileType *gif)
{
  static const GifByteType forever[] = { 1, 0, 0 };

  return EGifPutExtensionLeader (gif, APPLICATION_EXT_FUNC_CODE) == GIF_OK &&
                 EGifPutExtensionBlock (gif, 11, "NETSCAPE2.0") == GIF_OK &&
                 EGifPutExtensionBlock (gif, sizeof forever, forever) ==
                     GIF_OK &&
                 EGifPutExtensionTrailer (gif) == GIF_OK
             ? GIF_OK
             : GIF_ERROR;
}

static gboolean
begin_file (Gif *self, const ShPictureHeader *header, GError **error)
{
  gsize n_pixels = (gsize) header->width * header->height;
  int code = 0;

  self->gif = EGifOpen (self->bytes, append, &code);
  if (self->gif == NULL)
    return fail (self, code, error);
  self->width = header->width;
  self->height = header->height;
  self->shown = g_malloc (3 * n_pixels);
  self->next = g_malloc (3 * n_pixels);
  self->indices = g_malloc (n_pixels);
  for (guint i = 0; i < 3; i++)
    self->planes[i] = g_malloc (n_pixels);
  EGifSetGifVersion (self->gif, true);
  if (EGifPutScreenDesc (self->gif, (int) self->width, (int) self->height, 8, 0,
                         NULL) == GIF_OK &&
      put_loop (self->gif) == GIF_OK)
    return TRUE;
  return fail (self, self->gif->Error, error);
}

typedef struct
{
  guint x, y, width, height;
} Box;

/* What differs from what is shown; a single pixel if nothing does. */
static Box
find_changes (const Gif *self)
{
  guint left = self->width, right = 0, top = self->height, bottom = 0;

  if (!self->has_shown)
    return (Box){ 0, 0, self->width, self->height };
  for (guint y = 0; y < self->height; y++)
    for (guint x = 0; x < self->width; x++)
      {
        gsize place = 3 * ((gsize) y * self->width + x);

        if (memcmp (self->shown + place, self->next + place, 3) == 0)
          continue;
        left = MIN (left, x);
        right = MAX (right, x);
        top = MIN (top, y);
        bottom = y;
      }
  if (left > right)
    return (Box){ 0, 0, 1, 1 };
  return (Box){ left, top, right - left + 1, bottom - top + 1 };
}

/*
 * giflib's quantiser works with five bits a colour and leaves the lower three
 * at 0: white would be grey.
 */
static ColorMapObject *
make_colours (Gif *self, const Box *box)
{
  GifColorType colours[256];
  int n = G_N_ELEMENTS (colours);

  for (guint y = 0; y < box->height; y++)
    for (guint x = 0; x < box->width; x++)
      {
        gsize to = (gsize) y * box->width + x;
        const guint8 *from =
            self->next + 3 * ((gsize) (box->y + y) * self->width + box->x + x);

        for (guint i = 0; i < 3; i++)
          self->planes[i][to] = from[i];
      }
  if (GifQuantizeBuffer (box->width, box->height, &n, self->planes[0],
                         self->planes[1], self->planes[2], self->indices,
                         colours) != GIF_OK)
    return NULL;
  for (int i = 0; i < n; i++)
    {
      colours[i].Red |= colours[i].Red >> 5;
      colours[i].Green |= colours[i].Green >> 5;
      colours[i].Blue |= colours[i].Blue >> 5;
    }
  for (int i = n; i < (int) G_N_ELEMENTS (colours); i++)
    colours[i] = (GifColorType){ 0, 0, 0 };
  return GifMakeMapObject (1 << MAX (GifBitSize (n), 1), colours);
}

static gboolean
put_image (Gif *self, const Box *box, int delay)
{
  const GraphicsControlBlock control = {
    .DisposalMode = DISPOSE_DO_NOT,
    .DelayTime = delay,
    .TransparentColor = NO_TRANSPARENT_COLOR,
  };
  ColorMapObject *colours = make_colours (self, box);
  GifByteType bytes[4];
  gboolean good = colours != NULL;

  EGifGCBToExtension (&control, bytes);
  good =
      good &&
      EGifPutExtension (self->gif, GRAPHICS_EXT_FUNC_CODE, sizeof bytes,
                        bytes) == GIF_OK &&
      EGifPutImageDesc (self->gif, (int) box->x, (int) box->y, (int) box->width,
                        (int) box->height, false, colours) == GIF_OK;
  for (guint y = 0; good && y < box->height; y++)
    good = EGifPutLine (self->gif, self->indices + (gsize) y * box->width,
                        (int) box->width) == GIF_OK;
  GifFreeMapObject (colours);
  return good;
}

/* Writes the frame that waits, to be shown for `delay`. */
static gboolean
put_next (Gif *self, double delay, GError **error)
{
  Box box = find_changes (self);
  guint8 *shown = self->shown;

  if (!put_image (self, &box, (int) CLAMP (delay, LEAST_DELAY, MOST_DELAY)))
    return fail (self, self->gif->Error, error);
  self->shown = self->next;
  self->next = shown;
  self->has_shown = TRUE;
  self->has_next = FALSE;
  self->n_episode_frames++;
  if (self->base.n_frames + self->n_episode_frames >= MAX_FRAMES)
    self->base.full = G_STRINGIFY (MAX_FRAMES) " frames";
  else if (self->bytes->len >= MAX_BYTES)
    self->base.full = "128 MiB";
  return TRUE;
}

static void
begin_episode (Gif *self)
{
  if (self->n_episode_frames > 0)
    g_byte_array_set_size (self->bytes, self->episode_start);
  self->episode_start = self->bytes->len;
  self->n_episode_frames = 0;
  self->has_shown = self->has_next = FALSE;
}

/* On white, where it is transparent. */
static void
flatten (const guint8 *pixels, gsize n_pixels, guint8 *rgb)
{
  for (gsize i = 0; i < n_pixels; i++)
    {
      guint alpha = pixels[4 * i + 3];

      for (guint k = 0; k < 3; k++)
        rgb[3 * i + k] =
            (guint8) ((pixels[4 * i + k] * alpha + 255 * (255 - alpha)) / 255);
    }
}

static gboolean
gif_add (ShPictureWriter *writer,
         const ShPictureHeader *header,
         const guint8 *pixels,
         GError **error)
{
  Gif *self = (Gif *) writer;
  double step = header->step_time > 0.0 ? 100.0 * header->step_time
                                        : (double) TIMELESS_DELAY;
  double time = round (header->step * step);

  if (self->gif == NULL && !begin_file (self, header, error))
    return FALSE;
  if (header->step == 0)
    begin_episode (self);
  if (writer->full != NULL)
    return TRUE;
  /* One that came too early takes the place of the one before it. */
  if (self->has_next && time - self->next_time >= LEAST_DELAY &&
      !put_next (self, time - self->next_time, error))
    return FALSE;
  if (writer->full != NULL)
    return TRUE;
  if (!self->has_next)
    self->next_time = time;
  flatten (pixels, (gsize) self->width * self->height, self->next);
  self->has_next = TRUE;
  return TRUE;
}

static gboolean
gif_end_episode (ShPictureWriter *writer, GError **error)
{
  Gif *self = (Gif *) writer;

  if (self->has_next && !put_next (self, PAUSE, error))
    return FALSE;
  writer->n_frames += self->n_episode_frames;
  self->n_episode_frames = 0;
  self->episode_start = self->bytes->len;
  return TRUE;
}

static gboolean
gif_finish (ShPictureWriter *writer, GError **error)
{
  Gif *self = (Gif *) writer;
  GifFileType *gif = g_steal_pointer (&self->gif);
  int code = 0;

  if (gif == NULL || writer->n_frames == 0)
    {
      if (gif != NULL)
        EGifCloseFile (gif, &code);
      g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
                   "there was nothing to draw in '%s'", writer->path);
      return FALSE;
    }
  g_byte_array_set_size (self->bytes, self->episode_start);
  if (EGifCloseFile (gif, &code) != GIF_OK)
    return fail (self, code, error);
  return sh_cmd_write_file (writer->path, self->bytes->data, self->bytes->len,
                            error);
}

static const ShPictureWriterClass gif_class = {
  .add = gif_add,
  .end_episode = gif_end_episode,
  .finish = gif_finish,
  .free = gif_free,
};

/* Better now than after an hour of episodes. */
static gboolean
check_place (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int code = 0;

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    code = EISDIR;
  else if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    code = g_file_test (folder, G_FILE_TEST_EXISTS) ? ENOTDIR : ENOENT;
  else if (access (folder, W_OK | X_OK) != 0)
    code = errno;
  if (code == 0)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_FAILED, "cannot write '%s': %s", path,
               g_strerror (code));
  return FALSE;
}

ShPictureWriter *
sh_picture_gif_new (const char *path, GError **error)
{
  Gif *self;

  if (!check_place (path, error))
    return NULL;
  self = g_new0 (Gif, 1);
  self->base.class = &gif_class;
  self->base.path = g_strdup (path);
  self->bytes = g_byte_array_new ();
  return &self->base;
}

#else

ShPictureWriter *
sh_picture_gif_new (const char *path, GError **error)
{
  g_set_error_literal (error, SH_ERROR, SH_ERROR_USAGE,
                       "this simhost was built without giflib and makes no "
                       "GIF; name a folder instead, for PNG files");
  return NULL;
}

#endif
