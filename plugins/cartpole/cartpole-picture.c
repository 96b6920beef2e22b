/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cartpole-picture.h"

#include <math.h>

#include "picture.h"

#define CART_WIDTH 0.72
#define CART_HEIGHT 0.34
#define WHEEL 0.1
#define TRACK (-CART_HEIGHT - WHEEL)
#define POLE_STRETCH 1.5

static void
draw_track (cairo_t *cairo, double limit)
{
  picture_colour (cairo, PICTURE_GREY);
  picture_line (cairo, -limit, TRACK, limit, TRACK, 0.04);
  picture_line (cairo, 0.0, TRACK, 0.0, TRACK - 0.08, 0.03);
  picture_colour (cairo, PICTURE_RED);
  for (int side = -1; side <= 1; side += 2)
    picture_line (cairo, side * limit, TRACK - 0.12, side * limit, TRACK + 0.3,
                  0.06);
}

/* The sector in which the pole may lean. */
static void
draw_limits (cairo_t *cairo, const CartPoleLook *look, double length)
{
  const double up = acos (-1.0) / 2.0;

  cairo_new_path (cairo);
  cairo_move_to (cairo, look->position, 0.0);
  cairo_arc (cairo, look->position, 0.0, length, up - look->angle_limit,
             up + look->angle_limit);
  cairo_close_path (cairo);
  picture_colour (cairo, 0xe6ebf1);
  cairo_fill (cairo);
}

static void
draw_push (cairo_t *cairo, double x, int push)
{
  const double from = x + push * (CART_WIDTH / 2.0 + 0.08),
               to = from + push * 0.3;

  picture_colour (cairo, PICTURE_FLAME);
  picture_line (cairo, from, -CART_HEIGHT / 2.0, to - push * 0.08,
                -CART_HEIGHT / 2.0, 0.07);
  cairo_move_to (cairo, to + push * 0.06, -CART_HEIGHT / 2.0);
  cairo_rel_line_to (cairo, -push * 0.17, 0.12);
  cairo_rel_line_to (cairo, 0.0, -0.24);
  cairo_close_path (cairo);
  cairo_fill (cairo);
}

int32_t
cartpole_draw (const SimhostFrame *frame, const CartPoleLook *look)
{
  cairo_t *cairo = picture_begin (frame, PICTURE_PAPER, -3.0, -0.65, 6.0, 2.4);
  const double length = POLE_STRETCH * look->length, x = look->position;

  if (cairo == NULL)
    return SIMHOST_ERROR;
  draw_track (cairo, look->position_limit);
  draw_limits (cairo, look, length);
  if (look->push != 0)
    draw_push (cairo, x, look->push);
  picture_colour (cairo, PICTURE_INK);
  picture_disc (cairo, x - 0.2, TRACK + WHEEL, WHEEL);
  picture_disc (cairo, x + 0.2, TRACK + WHEEL, WHEEL);
  picture_colour (cairo, PICTURE_BLUE);
  picture_box (cairo, x - CART_WIDTH / 2.0, -CART_HEIGHT, CART_WIDTH,
               CART_HEIGHT + 0.02, 0.08);
  picture_colour (cairo, PICTURE_WOOD);
  picture_line (cairo, x, 0.0, x + length * sin (look->angle),
                length * cos (look->angle), 0.12);
  picture_colour (cairo, PICTURE_INK);
  picture_disc (cairo, x, 0.0, 0.07);
  return picture_end (cairo, frame);
}
