/* SPDX-License-Identifier: MIT */

/*
 * The extension simhost.render/1: pictures of a simulation, for people.
 *
 * A simulator that has it returns a SimhostRender from get_extension (see
 * plugin.h) for SIMHOST_RENDER_ID; the struct lives as long as the plugin.
 * Contract tags are those of plugin.h.
 */

#ifndef SIMHOST_RENDER_H
#define SIMHOST_RENDER_H

#include <simhost/plugin.h>

SIMHOST_BEGIN_DECLS

#define SIMHOST_RENDER_ID "simhost.render/1"

/* Pixels: no side of a frame is longer, whatever a plugin declares. */
#define SIMHOST_RENDER_MAX_SIDE 4096u

/*
 * Where a picture goes: `height` rows of `width` pixels, the upper row first,
 * `stride` bytes from one row's first byte to the next one's. A pixel is four
 * bytes: red, green, blue, alpha; alpha is not premultiplied, 255 is opaque.
 * Colours are sRGB. The memory is the host's and gone when the call returns; at
 * first each pixel is 0, which is transparent. The bytes of a row beyond its
 * pixels, when stride is more than 4 * width, must be left alone.
 */
typedef struct
{
  uint32_t struct_size; /* read no further than this */
  uint32_t width, height;
  uint32_t stride; /* a multiple of 4 */
  uint8_t *pixels; /* at an address that is a multiple of 4 */
} SimhostFrame;

typedef struct
{
  uint32_t struct_size; /* sizeof (SimhostRender) */

  /*
   * The size it looks best in, and the limits for each side; the host asks for
   * no other. 1 <= min <= preferred <= max <= SIMHOST_RENDER_MAX_SIDE.
   */
  uint32_t width, height;
  uint32_t min_width, min_height;
  uint32_t max_width, max_height;
  uint32_t reserved; /* 0 */

  /* Seconds of simulated time in a step: how long a frame is to be seen.
   * 0: a step has no time. */
  double step_time;

  /*
   * [sim] OBSERVED, TERMINAL: draws the state that get_state has given last.
   * Changes nothing that anybody could see later: an episode with pictures is
   * the same as one without. The episode is lost after SIMHOST_ERROR.
   */
  int32_t (*render) (void *self, const SimhostFrame *frame);
} SimhostRender;

SIMHOST_END_DECLS

#endif /* SIMHOST_RENDER_H */
