/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "pendulum-picture.h"

#include <math.h>

#include "picture.h"

#define PI 3.14159265358979323846
#define ARROW_RADIUS 0.42
/* Of the arrow at full torque, rad. */
#define ARROW_SWEEP 2.4
#define HEAD 0.13

/* An arc about the motor that begins at the top. Below a twentieth of the
 * torque there is nothing to see. */
static void
draw_torque (cairo_t *cairo, double torque)
{
  const double top = PI / 2.0, end = top + ARROW_SWEEP * torque;
  const double turn = torque > 0.0 ? 1.0 : -1.0;

  if (fabs (torque) < 0.05)
    return;
  picture_colour (cairo, PICTURE_BLUE);
  cairo_set_line_width (cairo, 0.07);
  cairo_new_path (cairo);
  if (torque > 0.0)
    cairo_arc (cairo, 0.0, 0.0, ARROW_RADIUS, top, end);
  else
    cairo_arc_negative (cairo, 0.0, 0.0, ARROW_RADIUS, top, end);
  cairo_stroke (cairo);

  cairo_save (cairo);
  cairo_translate (cairo, ARROW_RADIUS * cos (end), ARROW_RADIUS * sin (end));
  cairo_rotate (cairo, end);
  cairo_move_to (cairo, 0.0, turn * 1.3 * HEAD);
  cairo_line_to (cairo, HEAD, -turn * 0.3 * HEAD);
  cairo_line_to (cairo, -HEAD, -turn * 0.3 * HEAD);
  cairo_close_path (cairo);
  cairo_fill (cairo);
  cairo_restore (cairo);
}

int32_t
pendulum_draw (const SimhostFrame *frame, const PendulumLook *look)
{
  cairo_t *cairo = picture_begin (frame, PICTURE_PAPER, -1.4, -1.4, 2.8, 2.8);

  if (cairo == NULL)
    return SIMHOST_ERROR;
  /* Where it is to be. */
  picture_colour (cairo, 0xdfe5ec);
  cairo_new_path (cairo);
  cairo_arc (cairo, 0.0, 0.0, 1.0, 0.0, 2.0 * PI);
  cairo_set_line_width (cairo, 0.02);
  cairo_stroke (cairo);
  picture_colour (cairo, PICTURE_GREEN);
  picture_line (cairo, 0.0, 1.16, 0.0, 1.28, 0.05);

  picture_colour (cairo, PICTURE_RED);
  picture_line (cairo, 0.0, 0.0, -sin (look->angle), cos (look->angle), 0.2);
  draw_torque (cairo, look->torque);
  picture_colour (cairo, PICTURE_INK);
  picture_disc (cairo, 0.0, 0.0, 0.07);
  return picture_end (cairo, frame);
}
