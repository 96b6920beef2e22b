/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "picture.h"

#include <math.h>

#define PI 3.14159265358979323846

void
picture_colour (cairo_t *cairo, unsigned int colour)
{
  cairo_set_source_rgb (cairo, (colour >> 16 & 255) / 255.0,
                        (colour >> 8 & 255) / 255.0, (colour & 255) / 255.0);
}

cairo_t *
picture_begin (const SimhostFrame *frame,
               unsigned int background,
               double left,
               double bottom,
               double width,
               double height)
{
  cairo_surface_t *surface = cairo_image_surface_create_for_data (
      frame->pixels, CAIRO_FORMAT_ARGB32, (int) frame->width,
      (int) frame->height, (int) frame->stride);
  cairo_t *cairo = cairo_create (surface);
  double scale = fmin (frame->width / width, frame->height / height);

  cairo_surface_destroy (surface);
  if (cairo_status (cairo) != CAIRO_STATUS_SUCCESS)
    {
      cairo_destroy (cairo);
      return NULL;
    }
  picture_colour (cairo, background);
  cairo_paint (cairo);
  cairo_translate (cairo, frame->width / 2.0, frame->height / 2.0);
  cairo_scale (cairo, scale, -scale);
  cairo_translate (cairo, -(left + width / 2.0), -(bottom + height / 2.0));
  cairo_set_line_cap (cairo, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cairo, CAIRO_LINE_JOIN_ROUND);
  return cairo;
}

/* Cairo's pixels are numbers, blue in the low byte, and as the background is
 * opaque so is everything on it: no colour is premultiplied. */
int32_t
picture_end (cairo_t *cairo, const SimhostFrame *frame)
{
  cairo_status_t status;

  if (cairo == NULL)
    return SIMHOST_ERROR;
  cairo_surface_flush (cairo_get_target (cairo));
  status = cairo_status (cairo);
  cairo_destroy (cairo);
  for (uint32_t y = 0; y < frame->height; y++)
    {
      uint8_t *row = frame->pixels + (size_t) y * frame->stride;

      for (uint8_t *pixel = row; pixel < row + 4 * (size_t) frame->width;
           pixel += 4)
        {
          uint32_t argb = *(const uint32_t *) (const void *) pixel;

          pixel[0] = (uint8_t) (argb >> 16);
          pixel[1] = (uint8_t) (argb >> 8);
          pixel[2] = (uint8_t) argb;
          pixel[3] = (uint8_t) (argb >> 24);
        }
    }
  return status == CAIRO_STATUS_SUCCESS ? SIMHOST_OK : SIMHOST_ERROR;
}

void
picture_disc (cairo_t *cairo, double x, double y, double radius)
{
  cairo_new_path (cairo);
  cairo_arc (cairo, x, y, radius, 0.0, 2.0 * PI);
  cairo_fill (cairo);
}

void
picture_line (cairo_t *cairo,
              double from_x,
              double from_y,
              double to_x,
              double to_y,
              double width)
{
  cairo_new_path (cairo);
  cairo_move_to (cairo, from_x, from_y);
  cairo_line_to (cairo, to_x, to_y);
  cairo_set_line_width (cairo, width);
  cairo_stroke (cairo);
}

void
picture_box (cairo_t *cairo,
             double x,
             double y,
             double width,
             double height,
             double corner)
{
  cairo_new_path (cairo);
  cairo_arc (cairo, x + width - corner, y + corner, corner, -PI / 2.0, 0.0);
  cairo_arc (cairo, x + width - corner, y + height - corner, corner, 0.0,
             PI / 2.0);
  cairo_arc (cairo, x + corner, y + height - corner, corner, PI / 2.0, PI);
  cairo_arc (cairo, x + corner, y + corner, corner, PI, 1.5 * PI);
  cairo_close_path (cairo);
  cairo_fill (cairo);
}
