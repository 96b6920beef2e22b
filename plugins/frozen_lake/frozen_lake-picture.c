/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "frozen_lake-picture.h"

#include <math.h>

#include "picture.h"

#define MARGIN 0.15

static void
draw_hole (cairo_t *cairo, double x, double y)
{
  picture_colour (cairo, 0x8fb3d1);
  picture_disc (cairo, x, y, 0.39);
  picture_colour (cairo, 0x173a5e);
  picture_disc (cairo, x, y - 0.03, 0.34);
}

static void
draw_goal (cairo_t *cairo, double x, double y)
{
  picture_colour (cairo, PICTURE_INK);
  picture_line (cairo, x - 0.18, y - 0.34, x - 0.18, y + 0.36, 0.05);
  cairo_move_to (cairo, x - 0.16, y + 0.38);
  cairo_line_to (cairo, x + 0.3, y + 0.2);
  cairo_line_to (cairo, x - 0.16, y + 0.02);
  cairo_close_path (cairo);
  picture_colour (cairo, PICTURE_GREEN);
  cairo_fill (cairo);
}

static void
draw_start (cairo_t *cairo, double x, double y)
{
  picture_colour (cairo, PICTURE_GREY);
  cairo_new_path (cairo);
  cairo_arc (cairo, x, y, 0.36, 0.0, 2.0 * acos (-1.0));
  cairo_set_line_width (cairo, 0.04);
  cairo_stroke (cairo);
}

/* A face that looks where it means to go. */
static void
draw_agent (cairo_t *cairo, double x, double y, int32_t command, int drowned)
{
  static const double across[] = { -1.0, 0.0, 1.0, 0.0 };
  static const double up[] = { 0.0, -1.0, 0.0, 1.0 };
  const double dx = command >= 0 ? across[command] : 0.0;
  const double dy = command >= 0 ? up[command] : 0.0;

  picture_colour (cairo, drowned ? 0x7c5561 : PICTURE_RED);
  picture_disc (cairo, x, y, 0.27);
  if (command < 0)
    return;
  picture_colour (cairo, 0xffffff);
  cairo_move_to (cairo, x + 0.19 * dx, y + 0.19 * dy);
  cairo_line_to (cairo, x - 0.09 * dx - 0.13 * dy, y - 0.09 * dy + 0.13 * dx);
  cairo_line_to (cairo, x - 0.09 * dx + 0.13 * dy, y - 0.09 * dy - 0.13 * dx);
  cairo_close_path (cairo);
  cairo_fill (cairo);
}

int32_t
frozen_lake_draw (const SimhostFrame *frame, const FrozenLakeLook *look)
{
  const double side = look->size + 2.0 * MARGIN;
  cairo_t *cairo =
      picture_begin (frame, PICTURE_PAPER, -MARGIN, -MARGIN, side, side);

  if (cairo == NULL)
    return SIMHOST_ERROR;
  for (int32_t row = 0; row < look->size; row++)
    for (int32_t column = 0; column < look->size; column++)
      {
        const char ice = look->map[row * look->size + column];
        const double x = column + 0.5, y = look->size - row - 0.5;

        picture_colour (cairo, 0xd8eaf6);
        picture_box (cairo, x - 0.48, y - 0.48, 0.96, 0.96, 0.06);
        if (ice == 'H')
          draw_hole (cairo, x, y);
        else if (ice == 'G')
          draw_goal (cairo, x, y);
        else if (ice == 'S')
          draw_start (cairo, x, y);
      }
  draw_agent (cairo, look->column + 0.5, look->size - look->row - 0.5,
              look->command,
              look->map[look->row * look->size + look->column] == 'H');
  return picture_end (cairo, frame);
}
