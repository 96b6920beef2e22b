/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Pictures and snapshots through ShInstance: in which states, and what becomes
 * of a simulator that does not keep to its word.
 */

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "logs.h"
#include "obedient.h"
#include "sh-camera.h"
#include "sh-error.h"
#include "sh-extension.h"
#include "sh-picture-reader.h"
#include "sh-snapshot.h"

/* What the simulator's extensions do. */
static struct
{
  gint32 status;
  guint64 size; /* 0: the right one */
  gsize overrun;
  gboolean untagged;
  guint n_calls;
} told;

typedef struct
{
  SimhostSnapshotTag tag;
  double value;
} Saved;

static int32_t
render (void *self, const SimhostFrame *frame)
{
  told.n_calls++;
  sim.slot_call = slot.word & 0xff;
  memset (frame->pixels, 0x80 + (int) sim.state.value,
          (gsize) frame->stride * frame->height + told.overrun);
  return told.status;
}

static uint64_t
get_size (void *self)
{
  return told.size != 0 ? told.size : sizeof (Saved);
}

static int32_t
save (void *self, void *data, uint64_t size)
{
  const Saved saved = { simhost_snapshot_tag (told.untagged ? 8 : 7),
                        sim.state.value };

  told.n_calls++;
  sim.slot_call = slot.word & 0xff;
  memcpy (data, &saved, sizeof saved);
  memset ((guint8 *) data + sizeof saved, 1, told.overrun);
  return told.status;
}

static int32_t
restore (void *self, const void *data, uint64_t size)
{
  Saved saved;

  told.n_calls++;
  sim.slot_call = slot.word & 0xff;
  if (!simhost_snapshot_read (data, size, 7, &saved, sizeof saved))
    return SIMHOST_DISCARD;
  if (told.status != SIMHOST_OK)
    sim_host->set_error (sim_host, "no");
  else
    sim.state.value = saved.value;
  return told.status;
}

static SimhostRender picture = {
  .struct_size = sizeof (SimhostRender),
  .width = 4,
  .height = 3,
  .min_width = 2,
  .min_height = 2,
  .max_width = 8,
  .max_height = 8,
  .step_time = 0.5,
  .render = render,
};

static const SimhostSnapshot snapshot = {
  .struct_size = sizeof (SimhostSnapshot),
  .version = 7,
  .get_size = get_size,
  .save = save,
  .restore = restore,
};

static const void *
get_extension (const char *id)
{
  return g_str_equal (id, SIMHOST_RENDER_ID)     ? (const void *) &picture
         : g_str_equal (id, SIMHOST_SNAPSHOT_ID) ? (const void *) &snapshot
                                                 : NULL;
}

static SimhostSimulator extended;

static void
begin (void)
{
  begin_case ();
  memset (&told, 0, sizeof told);
  extended = simulator;
  extended.get_extension = get_extension;
}

/* In state OBSERVED, the first of its episode. */
static ShInstance *
make_observed (void)
{
  g_autoptr (GError) error = NULL;
  ShInstance *instance = sh_instance_new (&extended, &slot, &error);
  gboolean terminal;
  State state;

  g_assert_true (sh_instance_reset (instance, 1, &error) &&
                 sh_instance_start (instance, &error) &&
                 sh_instance_observe (instance, &state, &terminal, &error));
  return instance;
}

static void
step (ShInstance *instance)
{
  const Action action = { 1 };
  gboolean terminal;
  State state;

  g_assert_true (sh_instance_advance (instance, &action, NULL));
  g_assert_true (sh_instance_observe (instance, &state, &terminal, NULL));
}

static gboolean
draw (ShInstance *instance, GError **error)
{
  g_autofree guint8 *pixels = g_malloc (48 + SH_INSTANCE_FRAME_GUARD);
  const SimhostFrame frame = { sizeof frame, 4, 3, 16, pixels };

  return sh_instance_render (instance, &picture, &frame, error);
}

static void
test_states (void)
{
  static const guint legal =
      1u << SH_INSTANCE_OBSERVED | 1u << SH_INSTANCE_TERMINAL;

  for (guint row = 0; row < N_ROWS; row++)
    {
      g_autoptr (GBytes) bytes = NULL;
      GError *refused[3] = { NULL, NULL, NULL };
      const Saved saved = { simhost_snapshot_tag (7), 1.0 };
      g_autoptr (GBytes) given = g_bytes_new (&saved, sizeof saved);
      ShInstance *instance;
      gboolean good;

      begin ();
      instance = reach (row);
      good = (legal >> legal_rows[row].state) & 1;
      g_assert_true (draw (instance, &refused[0]) == good);
      bytes = sh_instance_save (instance, &snapshot, &refused[1]);
      g_assert_true ((bytes != NULL) == good);
      g_assert_cmpint (sh_instance_get_state_id (instance), ==,
                       legal_rows[row].state);
      g_assert_true (sh_instance_restore (instance, &snapshot, given, FALSE,
                                          &refused[2]) == good);
      g_assert_cmpuint (told.n_calls, ==, good ? 3 : 0);
      if (good)
        {
          g_assert_cmpint (sim.slot_call, ==, SH_CALL_RESTORE);
          g_assert_cmpint (sh_instance_get_state_id (instance), ==,
                           SH_INSTANCE_STARTED);
        }
      else
        for (guint i = 0; i < 3; i++)
          {
            g_assert_error (refused[i], SH_ERROR, SH_ERROR_FAILED);
            g_error_free (refused[i]);
          }
      sh_instance_free (instance);
      g_assert_cmpuint (sim.n_live, ==, 0);
    }
}

static void
test_render_bad (void)
{
  ShInstance *instance;
  g_autoptr (GError) failed = NULL;
  g_autoptr (GError) overrun = NULL;

  begin ();
  told.status = SIMHOST_ERROR;
  instance = make_observed ();
  g_assert_false (draw (instance, &failed));
  g_assert_error (failed, SH_ERROR, SH_ERROR_SIMULATOR);
  g_assert_cmpint (sh_instance_get_state_id (instance), ==, SH_INSTANCE_LOST);
  sh_instance_free (instance);

  begin ();
  told.overrun = 1;
  instance = make_observed ();
  g_assert_false (draw (instance, &overrun));
  g_assert_error (overrun, SH_ERROR, SH_ERROR_FATAL);
  g_assert_cmpstr (overrun->message, ==,
                   "simulator 'lift': render failed: it wrote beyond its "
                   "frame");
  sh_instance_free (instance);
}

static void
test_there_and_back (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ShSnapshot) first = NULL;
  ShInstance *instance;
  gboolean terminal;
  State state;

  begin ();
  sim.state.value = 5.0;
  instance = make_observed ();
  first = sh_snapshot_new (instance, &error);
  g_assert_no_error (error);
  step (instance);
  g_assert_false (sh_instance_is_first (instance));
  sim.state.value = 9.0;

  g_assert_true (sh_snapshot_restore (first, instance, &error));
  g_assert_no_error (error);
  /* What follows start is never terminal, and this is it again. */
  sim.terminal = TRUE;
  g_assert_true (sh_instance_observe (instance, &state, &terminal, &error));
  g_assert_cmpfloat (state.value, ==, 5.0);
  g_assert_false (terminal);
  g_assert_true (sh_instance_is_first (instance));
  step (instance);
  g_assert_cmpint (sh_instance_get_state_id (instance), ==,
                   SH_INSTANCE_TERMINAL);
  sh_instance_free (instance);
}

static void
test_snapshot_bad (void)
{
  static const struct
  {
    guint64 size;
    gsize overrun;
    gboolean untagged;
    gint code;
    const char *words;
  } rows[] = {
    { 7, 0, FALSE, SH_ERROR_SIMULATOR, "get_size failed: it says 7 bytes" },
    { G_MAXUINT64, 0, FALSE, SH_ERROR_SIMULATOR, "18446744073709551615 bytes" },
    { 0, 1, FALSE, SH_ERROR_FATAL, "it wrote beyond its bytes" },
    { 0, 0, TRUE, SH_ERROR_SIMULATOR, "do not begin with their tag" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      ShInstance *instance;

      begin ();
      told.size = rows[i].size;
      told.overrun = rows[i].overrun;
      told.untagged = rows[i].untagged;
      instance = make_observed ();
      g_assert_null (sh_snapshot_new (instance, &error));
      g_assert_error (error, SH_ERROR, rows[i].code);
      g_assert_nonnull (strstr (error->message, rows[i].words));
      sh_instance_free (instance);
    }
}

static void
test_refused (void)
{
  const Saved other = { simhost_snapshot_tag (6), 1.0 };
  g_autoptr (GBytes) bytes = g_bytes_new (&other, sizeof other);
  g_autoptr (GError) refused = NULL;
  g_autoptr (GError) failed = NULL;
  g_autoptr (ShSnapshot) good = NULL;
  ShInstance *instance;

  begin ();
  instance = make_observed ();
  good = sh_snapshot_new (instance, NULL);
  g_assert_false (
      sh_instance_restore (instance, &snapshot, bytes, FALSE, &refused));
  g_assert_error (refused, SH_ERROR, SH_ERROR_CORRUPT);
  g_assert_cmpint (sh_instance_get_state_id (instance), ==,
                   SH_INSTANCE_OBSERVED);
  step (instance);

  told.status = SIMHOST_ERROR;
  g_assert_false (sh_snapshot_restore (good, instance, &failed));
  g_assert_error (failed, SH_ERROR, SH_ERROR_SIMULATOR);
  g_assert_cmpint (sh_instance_get_state_id (instance), ==, SH_INSTANCE_LOST);
  sh_instance_free (instance);
}

static void
test_without (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) no_camera = NULL;
  ShInstance *instance;

  begin ();
  extended.get_extension = NULL;
  g_assert_cmpuint (sh_extension_list (&extended, &slot), ==, 0);
  instance = make_observed ();
  g_assert_null (sh_snapshot_new (instance, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_NOT_FOUND);
  g_assert_null (sh_camera_new (&extended, &slot, 0, 0, 1, &no_camera));
  g_assert_error (no_camera, SH_ERROR, SH_ERROR_NOT_FOUND);
  sh_instance_free (instance);
}

/* Frames through a pipe. */

typedef struct
{
  GString *steps;
  GError *error;
  guint8 pixel;
} Taken;

static void
on_taken (const ShPictureHeader *header, const guint8 *pixels, gpointer data)
{
  Taken *taken = data;

  g_assert_cmpuint (header->width, ==, 8);
  g_assert_cmpuint (header->height, ==, 2);
  g_assert_cmpfloat (header->step_time, ==, 0.5);
  g_string_append_printf (taken->steps, "%u ", header->step);
  taken->pixel = pixels[8 * 2 * 4 - 1];
}

static void
on_failed (const GError *error, gpointer data)
{
  Taken *taken = data;

  g_assert_null (taken->error);
  taken->error = g_error_copy (error);
}

static void
test_camera (void)
{
  Taken taken = { g_string_new (NULL), NULL, 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) too_large = NULL;
  g_autoptr (ShPictureReader) reader =
      sh_picture_reader_new (on_taken, on_failed, &taken, &error);
  g_autoptr (ShCamera) camera = NULL;
  ShInstance *instance;
  gboolean terminal;
  State state;
  int fd = sh_picture_reader_get_fd (reader);

  begin ();
  g_assert_null (sh_camera_new (&extended, &slot, 9, 2, fd, &too_large));
  g_assert_error (too_large, SH_ERROR, SH_ERROR_USAGE);
  camera = sh_camera_new (&extended, &slot, 8, 2, fd, &error);
  g_assert_no_error (error);

  sim.state.value = 3.0;
  instance = sh_instance_new (&extended, &slot, &error);
  sh_camera_watch (camera, instance);
  for (guint episode = 0; episode < 2; episode++)
    {
      g_assert_true (sh_instance_reset (instance, 1, &error) &&
                     sh_instance_start (instance, &error) &&
                     sh_instance_observe (instance, &state, &terminal, &error));
      step (instance);
      step (instance);
      g_assert_true (sh_instance_stop (instance, &error));
    }
  sh_picture_reader_drain (reader);
  g_assert_cmpstr (taken.steps->str, ==, "0 1 2 0 1 2 ");
  g_assert_cmpuint (taken.pixel, ==, 0x83);
  g_assert_no_error (taken.error);
  sh_instance_free (instance);
  g_string_free (taken.steps, TRUE);
}

/* What another process might write. */
static void
test_no_frames (void)
{
  static const ShPictureHeader bad[] = {
    { 1, 8, 2, 0, 0.5 },
    { SH_PICTURE_MAGIC, 0, 2, 0, 0.5 },
    { SH_PICTURE_MAGIC, 8, 4097, 0, 0.5 },
    { SH_PICTURE_MAGIC, G_MAXUINT32, G_MAXUINT32, 0, 0.5 },
    { SH_PICTURE_MAGIC, 8, 2, 0, -1.0 },
    { SH_PICTURE_MAGIC, 8, 2, 0, (double) INFINITY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      Taken taken = { g_string_new (NULL), NULL, 0 };
      g_autoptr (ShPictureReader) reader =
          sh_picture_reader_new (on_taken, on_failed, &taken, NULL);
      int fd = sh_picture_reader_get_fd (reader);

      g_assert_cmpint (write (fd, &bad[i], sizeof bad[i]), ==, sizeof bad[i]);
      sh_picture_reader_drain (reader);
      g_assert_error (taken.error, SH_ERROR, SH_ERROR_FAILED);
      sh_picture_reader_drain (reader);
      g_assert_cmpstr (taken.steps->str, ==, "");
      g_error_free (taken.error);
      g_string_free (taken.steps, TRUE);
    }
}

/* Byte by byte, and another size in between. */
static void
test_frames_in_pieces (void)
{
  const ShPictureHeader header = { SH_PICTURE_MAGIC, 8, 2, 4, 0.5 };
  /* As many pixels, but not the same size. */
  const ShPictureHeader other = { SH_PICTURE_MAGIC, 4, 4, 5, 0.5 };
  Taken taken = { g_string_new (NULL), NULL, 0 };
  g_autoptr (ShPictureReader) reader =
      sh_picture_reader_new (on_taken, on_failed, &taken, NULL);
  guint8 bytes[sizeof header + 64] = { 0 };
  int fd = sh_picture_reader_get_fd (reader);

  memcpy (bytes, &header, sizeof header);
  bytes[sizeof bytes - 1] = 9;
  for (guint k = 0; k < 2; k++)
    for (guint i = 0; i < sizeof bytes; i++)
      {
        g_assert_cmpint (write (fd, &bytes[i], 1), ==, 1);
        sh_picture_reader_drain (reader);
      }
  g_assert_cmpstr (taken.steps->str, ==, "4 4 ");
  g_assert_cmpuint (taken.pixel, ==, 9);
  g_assert_cmpint (write (fd, &other, sizeof other), ==, sizeof other);
  sh_picture_reader_drain (reader);
  g_assert_error (taken.error, SH_ERROR, SH_ERROR_FAILED);
  g_assert_nonnull (strstr (taken.error->message, "size has changed"));
  g_error_free (taken.error);
  g_string_free (taken.steps, TRUE);
}

/* A worker that was killed in the middle of a frame, and the next one. */
static void
test_another_writer (void)
{
  ShPictureHeader header = { SH_PICTURE_MAGIC, 8, 2, 4, 0.5 };
  static const guint8 pixels[64] = { 0 };
  static const gsize cuts[] = { 0,
                                1,
                                sizeof header - 1,
                                sizeof header,
                                sizeof header + 1,
                                sizeof header + 63 };
  Taken taken = { g_string_new (NULL), NULL, 0 };
  g_autoptr (ShPictureReader) reader =
      sh_picture_reader_new (on_taken, on_failed, &taken, NULL);
  int fd = sh_picture_reader_get_fd (reader);

  for (gsize i = 0; i < G_N_ELEMENTS (cuts); i++)
    {
      gsize head = MIN (cuts[i], sizeof header);

      header.step = 99;
      g_assert_cmpint (write (fd, &header, head), ==, head);
      g_assert_cmpint (write (fd, pixels, cuts[i] - head), ==, cuts[i] - head);
      sh_picture_reader_change_writer (reader);
      header.step = (guint32) i;
      g_assert_cmpint (write (fd, &header, sizeof header), ==, sizeof header);
      g_assert_cmpint (write (fd, pixels, sizeof pixels), ==, sizeof pixels);
    }
  sh_picture_reader_drain (reader);
  g_assert_cmpstr (taken.steps->str, ==, "0 1 2 3 4 5 ");
  g_assert_no_error (taken.error);
  g_string_free (taken.steps, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  logs_keep ();
#define ADD(PATH, TEST) g_test_add_func ("/host/extension/" PATH, TEST)
  ADD ("legal-in-observed-and-terminal-only", test_states);
  ADD ("a-simulator-without", test_without);
  ADD ("render/fails-or-overruns", test_render_bad);
  ADD ("snapshot/there-and-back", test_there_and_back);
  ADD ("snapshot/a-bad-size-or-tag", test_snapshot_bad);
  ADD ("snapshot/refused-bytes-change-nothing", test_refused);
  ADD ("camera/a-frame-a-state", test_camera);
  ADD ("frames/what-is-none", test_no_frames);
  ADD ("frames/in-pieces", test_frames_in_pieces);
  ADD ("frames/another-writer-after-half-a-frame", test_another_writer);
  return g_test_run ();
}
