/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The check of simhost.render/1.
 */

#include "sh-conform-player.h"

#include <string.h>

#include "sh-extension.h"

#define MAX_STEPS 30u
#define MAX_SLOW_STEPS 5u
/* A frame as large as may be is tried, but not gigabytes. */
#define MOST_SIDE 1500u
/* Bytes behind each row, for plugins that think there are none. */
#define GAP 64u

typedef struct
{
  guint8 *memory; /* guard, frame, guard */
  gsize size; /* of it all */
  /* Of the second guard: room for one that always draws its preferred size. */
  gsize tail;
  SimhostFrame frame;
} Canvas;

/* All that is no pixel has the guard's byte. */
static void
canvas_init (Canvas *canvas,
             const SimhostRender *render,
             guint32 width,
             guint32 height,
             guint32 gap)
{
  const guint32 stride = 4 * width + gap;

  canvas->tail = SH_CONFORM_GUARD + 4 * (gsize) render->width * render->height;
  canvas->size = SH_CONFORM_GUARD + (gsize) stride * height + canvas->tail;
  canvas->memory = g_malloc (canvas->size);
  memset (canvas->memory, SH_CONFORM_GUARD_BYTE, canvas->size);
  canvas->frame = (SimhostFrame){
    .struct_size = sizeof (SimhostFrame),
    .width = width,
    .height = height,
    .stride = stride,
    .pixels = canvas->memory + SH_CONFORM_GUARD,
  };
  for (guint32 y = 0; y < height; y++)
    memset (canvas->frame.pixels + (gsize) y * stride, 0, 4 * (gsize) width);
}

static gboolean
is_all (const guint8 *bytes, gsize size, guint8 value)
{
  for (gsize i = 0; i < size; i++)
    if (bytes[i] != value)
      return FALSE;
  return TRUE;
}

static char *
canvas_check (const Canvas *canvas)
{
  const SimhostFrame *frame = &canvas->frame;
  const gsize row = 4 * (gsize) frame->width;
  gboolean drawn = FALSE;

  if (!is_all (canvas->memory, SH_CONFORM_GUARD, SH_CONFORM_GUARD_BYTE))
    return g_strdup ("it wrote before its frame");
  if (!is_all (canvas->memory + canvas->size - canvas->tail, canvas->tail,
               SH_CONFORM_GUARD_BYTE))
    return g_strdup ("it wrote beyond its frame");
  for (guint32 y = 0; y < frame->height; y++)
    {
      const guint8 *pixels = frame->pixels + (gsize) y * frame->stride;

      if (!is_all (pixels + row, frame->stride - row, SH_CONFORM_GUARD_BYTE))
        return g_strdup_printf ("it wrote between rows %u and %u", y, y + 1);
      drawn = drawn || !is_all (pixels, row, 0);
    }
  return drawn ? NULL : g_strdup ("it drew nothing");
}

static char *
draw (ShConformPlayer *player,
      const SimhostRender *render,
      guint32 width,
      guint32 height,
      guint32 gap)
{
  Canvas canvas;
  gint32 status;
  char *problem = NULL;

  canvas_init (&canvas, render, width, height, gap);
  sh_conform_player_enter (player, SH_CALL_RENDER);
  status = render->render (player->self, &canvas.frame);
  if (!sh_conform_player_leave (player, SH_CALL_RENDER, status) ||
      status != SIMHOST_OK)
    problem = g_strdup_printf ("it returned %d: %s", status,
                               player->text != NULL ? player->text
                                                    : "and did not say why");
  else
    problem = canvas_check (&canvas);
  g_free (canvas.memory);
  if (problem != NULL)
    {
      char *whole = g_strdup_printf ("render, step %u, %ux%u: %s", player->step,
                                     width, height, problem);

      g_free (problem);
      return whole;
    }
  return NULL;
}

static char *
draw_sizes (ShConformPlayer *player, const SimhostRender *render)
{
  const guint32 most_width =
      MAX (render->min_width, MIN (render->max_width, MOST_SIDE));
  const guint32 most_height =
      MAX (render->min_height, MIN (render->max_height, MOST_SIDE));
  char *problem =
      draw (player, render, render->min_width, render->min_height, 0);

  if (problem == NULL)
    problem = draw (player, render, render->width, render->height, GAP);
  if (problem == NULL)
    problem = draw (player, render, render->min_width, most_height, 0);
  if (problem == NULL)
    problem = draw (player, render, most_width, render->min_height, GAP);
  return problem == NULL ? draw (player, render, most_width, most_height, 0)
                         : problem;
}

/* `render` NULL: no pictures. What was seen is left in the player's trace. */
static char *
play (ShConformPlayer *player, const SimhostRender *render)
{
  gboolean on = sh_conform_player_begin (player, player->run->seed);
  char *problem = on && render != NULL ? draw_sizes (player, render) : NULL;

  const guint n = player->simulator->flags & SIMHOST_SIMULATOR_SLOW
                      ? MAX_SLOW_STEPS
                      : MAX_STEPS;

  for (guint i = 0; on && i < n && problem == NULL; i++)
    {
      on = sh_conform_player_step (player);
      if (render != NULL && (on || player->terminal == 1))
        problem = draw (player, render, render->width, render->height, 0);
    }
  if (problem == NULL && render != NULL && player->playing && !player->lost)
    problem = draw_sizes (player, render);
  sh_conform_player_stop (player);
  return problem;
}

char *
sh_conform_render (ShConformRun *run, const SimhostSimulator *simulator)
{
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  g_autoptr (GByteArray) drawn = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  SimhostRender render;
  ShConformPlayer player;
  char *problem;

  if (!sh_extension_get_render (simulator, run->slot, &render, &error))
    return g_strdup (error->message);
  sh_conform_player_init (&player, run, simulator);
  player.trace = plain;
  play (&player, NULL);
  player.trace = drawn;
  problem = play (&player, &render);
  sh_conform_player_clear (&player);
  if (problem != NULL || run->problem != NULL ||
      (simulator->flags & SIMHOST_SIMULATOR_NONDETERMINISTIC))
    return problem;
  return plain->len == drawn->len &&
                 (plain->len == 0 ||
                  memcmp (plain->data, drawn->data, plain->len) == 0)
             ? NULL
             : g_strdup ("render: an episode with pictures is another one than "
                         "without");
}
