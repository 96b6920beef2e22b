/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the simulators' pictures have in common: a frame of simhost.render/1
 * becomes a cairo context whose coordinates are the simulation's own, and a
 * palette, so that they look like a family.
 */

#ifndef PICTURE_H
#define PICTURE_H

#include <cairo.h>
#include <simhost/render.h>

SIMHOST_BEGIN_DECLS

/*
 * The whole frame is filled with `background`, 0xRRGGBB. Coordinates: x from
 * `left` to the right, y from `bottom` upwards; width x height of them are as
 * large as the frame allows, in its middle. NULL when there is no memory.
 */
cairo_t *picture_begin (const SimhostFrame *frame,
                        unsigned int background,
                        double left,
                        double bottom,
                        double width,
                        double height);

/* Frees the context and puts the bytes in the frame's order. What is returned
 * is for `render` to return. */
int32_t picture_end (cairo_t *cairo, const SimhostFrame *frame);

/* Colours for what is filled or stroked next, 0xRRGGBB. */
void picture_colour (cairo_t *cairo, unsigned int colour);

void picture_disc (cairo_t *cairo, double x, double y, double radius);

void picture_line (cairo_t *cairo,
                   double from_x,
                   double from_y,
                   double to_x,
                   double to_y,
                   double width);

void picture_box (cairo_t *cairo,
                  double x,
                  double y,
                  double width,
                  double height,
                  double corner);

#define PICTURE_PAPER 0xf7f6f2u
#define PICTURE_INK 0x2b3440u
#define PICTURE_GREY 0x9aa3adu
#define PICTURE_BLUE 0x2f6db3u
#define PICTURE_RED 0xd1495bu
#define PICTURE_WOOD 0xc98f52u
#define PICTURE_GREEN 0x3a9d6eu
#define PICTURE_FLAME 0xff9f1cu

SIMHOST_END_DECLS

#endif /* PICTURE_H */
