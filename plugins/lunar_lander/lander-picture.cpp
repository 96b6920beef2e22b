/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "lander-picture.h"

#include <cmath>
#include <initializer_list>

#include "picture.h"

namespace
{
constexpr unsigned int SKY = 0x14182bu, STARS = 0x6d7391u;
constexpr unsigned int MOON = 0xb9bcc6u, EDGE = 0xe9eaf0u, PAD = 0x58d68du;
constexpr unsigned int HULL = 0x9b7fe0u, LEGS = 0x7a5fc0u, FLAME = 0xffb02eu;

template <typename Points>
void
fill (cairo_t *cairo, const Points &points, unsigned int colour)
{
  cairo_new_path (cairo);
  for (const b2Vec2 &point : points)
    cairo_line_to (cairo, double (point.x), double (point.y));
  cairo_close_path (cairo);
  picture_colour (cairo, colour);
  cairo_fill (cairo);
}

void
draw_sky (cairo_t *cairo, const LanderLook &look)
{
  picture_colour (cairo, STARS);
  /* Strewn by the golden ratio: even, and not in rows. */
  for (int i = 0; i < 40; i++)
    {
      const double x = double (look.width) * std::fmod (i * 0.618033989, 1.0);
      const double y = double (look.height) * (0.35 + 0.65 * (i + 0.5) / 40.0);

      picture_disc (cairo, x, y, i % 3 == 0 ? 0.05 : 0.03);
    }
}

void
draw_moon (cairo_t *cairo, const LanderLook &look)
{
  cairo_new_path (cairo);
  /* Beyond the world's sides too, where the frame shows what lies there. */
  const double width = double (look.width), height = double (look.height);

  cairo_move_to (cairo, 3.0 * width, -3.0 * height);
  cairo_line_to (cairo, -2.0 * width, -3.0 * height);
  cairo_line_to (cairo, -2.0 * width, double (look.surface[0].y));
  for (const b2Vec2 &point : look.surface)
    cairo_line_to (cairo, double (point.x), double (point.y));
  cairo_line_to (cairo, 3.0 * width, double (look.surface[10].y));
  cairo_close_path (cairo);
  picture_colour (cairo, MOON);
  cairo_fill_preserve (cairo);
  picture_colour (cairo, EDGE);
  cairo_set_line_width (cairo, 0.08);
  cairo_stroke (cairo);
}

/* The pad lies between two flags. */
void
draw_pad (cairo_t *cairo, const LanderLook &look)
{
  picture_colour (cairo, PAD);
  picture_line (cairo, double (look.pad_left), double (look.pad_height),
                double (look.pad_right), double (look.pad_height), 0.16);
  for (const float x : { look.pad_left, look.pad_right })
    {
      const double foot = double (look.pad_height), top = foot + 1.6;

      picture_colour (cairo, EDGE);
      picture_line (cairo, double (x), foot, double (x), top, 0.08);
      cairo_move_to (cairo, double (x), top);
      cairo_line_to (cairo, double (x) + 0.85, top - 0.32);
      cairo_line_to (cairo, double (x), top - 0.64);
      cairo_close_path (cairo);
      picture_colour (cairo, PICTURE_RED);
      cairo_fill (cairo);
    }
}

/* Two tongues, the inner one brighter. */
void
draw_flame (cairo_t *cairo, const LanderFlame &flame)
{
  if (flame.length <= 0.0f)
    return;
  for (const float part : { 1.0f, 0.55f })
    {
      const b2Vec2 tip = flame.nozzle + part * flame.length * flame.direction;
      const b2Vec2 side = part * flame.half_width *
                          b2Vec2 (-flame.direction.y, flame.direction.x);
      const b2Vec2 points[] = { flame.nozzle + side, tip, flame.nozzle - side };

      fill (cairo, points, part < 1.0f ? 0xfff3c4u : FLAME);
    }
}
}

int32_t
lander_draw (const SimhostFrame *frame, const LanderLook &look)
{
  cairo_t *cairo = picture_begin (frame, SKY, 0.0, 0.0, double (look.width),
                                  double (look.height));

  if (cairo == nullptr)
    return SIMHOST_ERROR;
  draw_sky (cairo, look);
  draw_moon (cairo, look);
  draw_pad (cairo, look);
  for (const LanderFlame &flame : look.flames)
    draw_flame (cairo, flame);
  for (int side = 0; side < 2; side++)
    {
      const b2Vec2 top = 0.5f * (look.legs[side][2] + look.legs[side][3]);
      const b2Vec2 &corner = look.hull[side == 0 ? 3 : 2];

      picture_colour (cairo, LEGS);
      picture_line (cairo, double (corner.x), double (corner.y), double (top.x),
                    double (top.y), 0.1);
      fill (cairo, look.legs[side], LEGS);
    }
  fill (cairo, look.hull, HULL);
  picture_colour (cairo, 0xd9e8ffu);
  picture_disc (cairo, double (look.window.x), double (look.window.y), 0.2);
  return picture_end (cairo, frame);
}
