/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-call-slot.h"

const char *
sh_call_to_string (ShCall call)
{
  static const char *const names[] = {
    [SH_CALL_NONE] = "no call",
    [SH_CALL_LOAD] = "load",
    [SH_CALL_INIT] = "init",
    [SH_CALL_DESCRIBE] = "get_simulator",
    [SH_CALL_CREATE] = "create",
    [SH_CALL_SET_PROPERTIES] = "set_properties",
    [SH_CALL_RESET] = "reset",
    [SH_CALL_START] = "start",
    [SH_CALL_ADVANCE] = "advance",
    [SH_CALL_GET_STATE] = "get_state",
    [SH_CALL_REWARD] = "reward",
    [SH_CALL_STOP] = "stop",
    [SH_CALL_DESTROY] = "destroy",
    [SH_CALL_DEINIT] = "deinit",
    [SH_CALL_EXTENSION] = "get_extension",
    [SH_CALL_RENDER] = "render",
    [SH_CALL_SNAPSHOT_SIZE] = "get_size",
    [SH_CALL_SAVE] = "save",
    [SH_CALL_RESTORE] = "restore",
    [SH_CALL_LOOP] = "run",
    [SH_CALL_EVENT_START] = "the episode-start event",
    [SH_CALL_EVENT_SIMULATE] = "the simulate event",
    [SH_CALL_EVENT_FINISH] = "the episode-finish event",
    [SH_CALL_RUN] = "run",
  };

  return (gsize) call < G_N_ELEMENTS (names) ? names[call] : "an unknown call";
}
