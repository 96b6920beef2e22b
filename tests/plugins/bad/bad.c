/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A simulator that misbehaves in one way; all else is as it should be.
 *
 * Faults in the functions are chosen by a text in the shared object,
 * "crash-advance": the build copies the object and writes another text into
 * each copy (copies.py). Without text it is a valid simulator.
 *
 * Faults in the tables are compiled in: meson.build gives what stands at the
 * end of a table and replaces what is right there, "-DIN_FIELD=.count = 0".
 *
 * What a fault leaves behind ends by itself: a child lives for 20 seconds.
 */

#include <fenv.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <simhost/plugin.h>
#include <simhost/random.h>
#include <simhost/render.h>
#include <simhost/snapshot.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#ifndef IN_PLUGIN
#define IN_PLUGIN
#endif
#ifndef IN_SIMULATOR
#define IN_SIMULATOR
#endif
#ifndef IN_STATE
#define IN_STATE
#endif
#ifndef IN_FIELD
#define IN_FIELD
#endif
#ifndef IN_REWARD
#define IN_REWARD
#endif
#ifndef IN_RENDER
#define IN_RENDER
#endif
#ifndef IN_SNAPSHOT
#define IN_SNAPSHOT
#endif
#ifndef N_SIMULATORS
#define N_SIMULATORS 1
#endif
#ifndef SIMULATOR
#define SIMULATOR &simulator
#endif
#ifndef IMAGE_SIDE
#define IMAGE_SIDE 0
#endif
#ifndef STEP_MS
#define STEP_MS 0
#endif
#ifdef WAITS_AT_GATE
#include "gate.h"
#endif

/* What copies.py looks for, and the room it has. Volatile: it may well differ
 * from what the compiler sees here. */
#define MARK "simhost-bad-fault:"
static const volatile char fault[64] = MARK;

typedef struct
{
  int32_t limit;
} BadConfig;

typedef struct
{
  double push;
} BadAction;

typedef struct
{
  double value;
  int32_t step;
  char label[8];
  SimhostLuminance image;
} BadState;

typedef struct
{
  const SimhostHost *host;
  BadConfig config;
  double value;
  int32_t step;
} Bad;

/* Faults that any function can have: "crash" in "crash-advance". */

static void
crash (const SimhostHost *host)
{
  volatile int *volatile nowhere = NULL;

  *nowhere = 1;
}

static int
descend (volatile int *above)
{
  volatile int here[1024];

  here[0] = *above + 1;
  return here[0] < 0 ? 0 : descend (here) + here[0];
}

static void
overflow_stack (const SimhostHost *host)
{
  volatile int zero = 0;

  descend (&zero);
}

static void
abort_process (const SimhostHost *host)
{
  abort ();
}

static void
kill_process (const SimhostHost *host)
{
  kill (getpid (), SIGKILL);
}

static void
exit_process (const SimhostHost *host)
{
  exit (7);
}

/* As most programs do when they get no memory; where there is enough nothing
 * happens. By mmap, since a malloc that fills what it gives (MALLOC_PERTURB_)
 * would use it. */
static void
exhaust (const SimhostHost *host)
{
  size_t size = (size_t) 1 << 30;
  void *memory = mmap (NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (memory == MAP_FAILED)
    abort ();
  munmap (memory, size);
}

static void
hang (const SimhostHost *host)
{
  for (;;)
    pause ();
}

/* Nothing but SIGKILL helps. */
static void
hang_deaf (const SimhostHost *host)
{
  sigset_t all;

  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, NULL);
  hang (host);
}

static void
print (const SimhostHost *host)
{
  puts ("{\"event\":\"not a word of this belongs here\"}");
  fflush (stdout);
}

static void
flood_stderr (const SimhostHost *host)
{
  for (int i = 0; i < 20000; i++)
    fputs ("all work and no play all work and no play all work and no play "
           "all work and no play all work and no play ",
           stderr);
}

static void
flood_log (const SimhostHost *host)
{
  for (int i = 0; host != NULL && i < 20000; i++)
    host->log (host, SIMHOST_LOG_WARNING, "again and again");
}

static void
change_locale (const SimhostHost *host)
{
  const char *now = setlocale (LC_ALL, NULL);

  setlocale (LC_ALL, strcmp (now, "C") == 0 ? "C.UTF-8" : "C");
}

static void
change_rounding (const SimhostHost *host)
{
  fesetround (FE_UPWARD);
}

static void
ignore_signals (const SimhostHost *host)
{
  signal (SIGINT, SIG_IGN);
  signal (SIGTERM, SIG_IGN);
  signal (SIGCHLD, SIG_IGN);
}

static void
close_descriptors (const SimhostHost *host)
{
  for (int fd = 3; fd < 256; fd++)
    close (fd);
}

static void *
sleeper (void *nothing)
{
  sleep (20);
  return NULL;
}

static void
leave_thread (const SimhostHost *host)
{
  pthread_t thread;

  if (pthread_create (&thread, NULL, sleeper, NULL) == 0)
    pthread_detach (thread);
}

static void
leave_child (const SimhostHost *host)
{
  if (fork () == 0)
    {
      sleep (20);
      _exit (0);
    }
}

static const struct
{
  const char *name;
  void (*act) (const SimhostHost *host);
  int32_t status;
  const char *reason;
} deeds[] = {
  { "crash", crash, 0, NULL },
  { "overflow-stack", overflow_stack, 0, NULL },
  { "abort", abort_process, 0, NULL },
  { "kill", kill_process, 0, NULL },
  { "exit", exit_process, 0, NULL },
  { "exhaust", exhaust, 0, NULL },
  { "hang", hang, 0, NULL },
  { "hang-deaf", hang_deaf, 0, NULL },
  { "print", print, 0, NULL },
  { "flood-stderr", flood_stderr, 0, NULL },
  { "flood-log", flood_log, 0, NULL },
  { "locale", change_locale, 0, NULL },
  { "rounding", change_rounding, 0, NULL },
  { "signals", ignore_signals, 0, NULL },
  { "close-descriptors", close_descriptors, 0, NULL },
  { "thread", leave_thread, 0, NULL },
  { "fork", leave_child, 0, NULL },
  { "warning", NULL, SIMHOST_WARNING, "it was told to warn" },
  { "discard", NULL, SIMHOST_DISCARD, "it was told to discard" },
  { "error", NULL, SIMHOST_ERROR, "it was told to fail" },
  { "fatal", NULL, SIMHOST_FATAL, "it was told to give up" },
  { "silent-error", NULL, SIMHOST_ERROR, NULL },
  { "garbage-error", NULL, SIMHOST_ERROR, "\xff of\ntwo lines, 100%s \x01%n" },
  { "nonsense-status", NULL, 99, NULL },
};

static int
has (const char *name)
{
  return strcmp ((const char *) fault + strlen (MARK), name) == 0;
}

/* Every function begins here, and does what its copy is there for. */
static int32_t
enter (const char *call, const SimhostHost *host)
{
  char name[64];

  for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++)
    {
      snprintf (name, sizeof name, "%s-%s", deeds[i].name, call);
      if (!has (name))
        continue;
      if (deeds[i].act != NULL)
        deeds[i].act (host);
      if (deeds[i].reason != NULL && host != NULL)
        host->set_error (host, deeds[i].reason);
      return deeds[i].status;
    }
  return SIMHOST_OK;
}

static int
goes_on (int32_t status)
{
  return status == SIMHOST_OK || status == SIMHOST_WARNING;
}

__attribute__ ((constructor)) static void
load (void)
{
  enter ("load", NULL);
}

static int32_t
init (const SimhostHost *host)
{
  return enter ("init", host);
}

static void
deinit (void)
{
  enter ("deinit", NULL);
}

static int32_t
create (const SimhostHost *host, void **self)
{
  int32_t status = enter ("create", host);
  Bad *bad;

  if (!goes_on (status))
    return status;
  bad = calloc (1, sizeof *bad);
  if (bad == NULL)
    return SIMHOST_ERROR;
  bad->host = host;
  bad->config.limit = 20;
  *self = bad;
  return status;
}

static void
destroy (void *self)
{
  Bad *bad = self;

  enter ("destroy", bad->host);
  free (bad);
}

static int32_t
set_properties (void *self, const void *config)
{
  Bad *bad = self;
  int32_t status = enter ("set-properties", bad->host);

  if (goes_on (status))
    bad->config = *(const BadConfig *) config;
  return status;
}

static int32_t
reset (void *self, uint64_t seed)
{
  static uint64_t n_resets;
  Bad *bad = self;
  SimhostRandom random;

  n_resets++;
  simhost_random_seed (&random, has ("unrepeatable") ? n_resets : seed);
  bad->value = simhost_random_uniform (&random, -1.0, 1.0);
  bad->step = 0;
  return enter ("reset", bad->host);
}

static int32_t
start (void *self)
{
  static void *volatile lost;
  Bad *bad = self;

  if (has ("leak") && (lost = malloc (1 << 20)) != NULL)
    memset (lost, 1, 1 << 20);
  return enter ("start", bad->host);
}

static int32_t
advance (void *self, const void *action)
{
  Bad *bad = self;
  int32_t status = enter ("advance", bad->host);

  if (!goes_on (status))
    return status;
#ifdef WAITS_AT_GATE
  wait_at_gate ();
#endif
  nanosleep (&(struct timespec){ .tv_sec = STEP_MS / 1000,
                                 .tv_nsec = STEP_MS % 1000 * 1000000 },
             NULL);
  bad->value += ((const BadAction *) action)->push;
  bad->step++;
  return status;
}

static int32_t
get_state (void *self, void *state, uint8_t *terminal)
{
  Bad *bad = self;
  BadState *out = state;

  out->value = bad->value;
  out->step = bad->step;
  snprintf (out->label, sizeof out->label, "%d", (int) bad->step % 1000);
  out->image = (SimhostLuminance){ IMAGE_SIDE, IMAGE_SIDE, NULL };
  *terminal = bad->step >= bad->config.limit;

  if (has ("nan-state"))
    out->value = NAN;
  if (has ("out-of-range-state"))
    out->value = 1e6;
  if (has ("unterminated-string"))
    memset (out->label, 'x', sizeof out->label);
  if (has ("invalid-utf8"))
    memcpy (out->label, "\xc3(\xff", 4);
  if (has ("overrun-state"))
    memset (out + 1, 0x5a, 16);
  if (has ("underrun-state"))
    memset ((char *) out - 16, 0x5a, 16);
  if (has ("wrong-terminal"))
    *terminal = 7;
  return enter ("get-state", bad->host);
}

static int32_t
stop (void *self)
{
  return enter ("stop", ((Bad *) self)->host);
}

static double
score (void *self)
{
  Bad *bad = self;

  enter ("reward", bad->host);
  if (has ("nan-reward"))
    return NAN;
  return has ("infinite-reward") ? INFINITY : bad->value;
}

static int32_t
render (void *self, const SimhostFrame *frame)
{
  Bad *bad = self;
  const size_t size = (size_t) frame->stride * frame->height;

  for (uint32_t y = 0; y < frame->height && !has ("blank-frame"); y++)
    memset (frame->pixels + (size_t) y * frame->stride, 0x80,
            4 * (size_t) frame->width);
  if (has ("overrun-frame"))
    memset (frame->pixels + size, 0x5a, 16);
  if (has ("underrun-frame"))
    memset (frame->pixels - 16, 0x5a, 16);
  if (has ("no-stride-frame"))
    memset (frame->pixels, 0x80, size);
  if (has ("wrong-size-frame"))
    memset (frame->pixels, 0x80, 4 * 64 * 48);
  if (has ("meddling-frame"))
    bad->value += 0.5;
  return enter ("render", bad->host);
}

static const SimhostRender picture = { .struct_size = sizeof (SimhostRender),
                                       .width = 64,
                                       .height = 48,
                                       .min_width = 8,
                                       .min_height = 6,
                                       .max_width = 640,
                                       .max_height = 480,
                                       .step_time = 0.05,
                                       .render = render,
                                       IN_RENDER };

typedef struct
{
  SimhostSnapshotTag tag;
  BadConfig config;
  int32_t step;
  double value;
} BadSaved;

static uint64_t
get_size (void *self)
{
  if (has ("huge-snapshot"))
    return UINT64_MAX;
  if (has ("empty-snapshot"))
    return 0;
  enter ("get-size", ((Bad *) self)->host);
  return sizeof (BadSaved);
}

static int32_t
save (void *self, void *data, uint64_t size)
{
  Bad *bad = self;
  const BadSaved saved = { simhost_snapshot_tag (1), bad->config, bad->step,
                           bad->value };

  memcpy (data, &saved, sizeof saved);
  if (has ("untagged-snapshot"))
    memset (data, 0, sizeof saved.tag);
  if (has ("overrun-snapshot"))
    memset ((char *) data + size, 0x5a, 16);
  if (has ("meddling-snapshot"))
    bad->value += 0.5;
  return enter ("save", bad->host);
}

static int32_t
restore (void *self, const void *data, uint64_t size)
{
  Bad *bad = self;
  BadSaved saved;

  if (has ("trusting-snapshot"))
    memcpy (&saved, data, size < sizeof saved ? size : sizeof saved);
  else if (!simhost_snapshot_read (data, size, 1, &saved, sizeof saved) ||
           !isfinite (saved.value))
    {
      if (has ("meddling-refusal"))
        bad->value = 0.5;
      bad->host->set_error (bad->host, "these bytes are no snapshot");
      return SIMHOST_DISCARD;
    }
  if (!has ("forgetful-properties"))
    bad->config = saved.config;
  bad->step = has ("forgetful-snapshot") ? 0 : saved.step;
  bad->value = saved.value;
  return enter ("restore", bad->host);
}

static const SimhostSnapshot snapshot = { .struct_size =
                                              sizeof (SimhostSnapshot),
                                          .version = 1,
                                          .get_size = get_size,
                                          .save = save,
                                          .restore = restore,
                                          IN_SNAPSHOT };

static const void *
get_extension (const char *id)
{
  enter ("get-extension", NULL);
  if (strcmp (id, SIMHOST_RENDER_ID) == 0)
    return &picture;
  return strcmp (id, SIMHOST_SNAPSHOT_ID) == 0 ? &snapshot : NULL;
}

static const BadConfig defaults = { .limit = 20 };

static const SimhostField config_fields[] = {
  SIMHOST_FIELD (BadConfig, limit, INT32, "steps", "length of an episode"),
};

static const SimhostField action_fields[] = {
  SIMHOST_FIELD_RANGE (BadAction, push, DOUBLE, -1.0, 1.0, "", "is added"),
};

static const SimhostField state_fields[] = {
  SIMHOST_FIELD_RANGE (BadState, value, DOUBLE, -1000.0, 1000.0, "", "the sum"),
  { .name = "step",
    .type = SIMHOST_TYPE_INT32,
    .offset = offsetof (BadState, step),
    .size = sizeof (int32_t),
    .count = 1,
    .description = "steps so far",
    IN_FIELD },
  SIMHOST_FIELD (BadState, label, STRING, "", "the same in words"),
  SIMHOST_FIELD (BadState, image, LUMINANCE, "", "for some faults"),
};

static const SimhostReward rewards[] = {
  {
      .name = "score",
      .flags = SIMHOST_REWARD_DEFAULT,
      .description = "the sum",
      .evaluate = score,
  },
  { .name = "points",
    .flags = SIMHOST_REWARD_ALIAS,
    .evaluate = score,
    IN_REWARD },
};

static const SimhostSimulator simulator = {
  .struct_size = sizeof (SimhostSimulator),
  .name = "bad",
  .description = "Does something wrong.",
  .config = SIMHOST_SCHEMA (BadConfig, config_fields, &defaults),
  .action = SIMHOST_SCHEMA (BadAction, action_fields, NULL),
  .state = { .struct_size = sizeof (SimhostSchema),
             .field_size = sizeof (SimhostField),
             .name = "BadState",
             .size = sizeof (BadState),
             .n_fields = SIMHOST_N_ELEMENTS (state_fields) - 1,
             .fields = state_fields,
             IN_STATE },
  .reward_size = sizeof (SimhostReward),
  .n_rewards = SIMHOST_N_ELEMENTS (rewards),
  .rewards = rewards,
  .create = create,
  .destroy = destroy,
  .set_properties = set_properties,
  .reset = reset,
  .start = start,
  .advance = advance,
  .get_state = get_state,
  .stop = stop,
  .get_extension = get_extension,
  IN_SIMULATOR
};

static uint32_t
get_n_simulators (void)
{
  return N_SIMULATORS;
}

static const SimhostSimulator *
get_simulator (uint32_t index)
{
  enter ("describe", NULL);
  return SIMULATOR;
}

const SimhostPlugin simhost_plugin = { .magic = SIMHOST_PLUGIN_MAGIC,
                                       .abi_major = SIMHOST_ABI_MAJOR,
                                       .abi_minor = SIMHOST_ABI_MINOR,
                                       .struct_size = sizeof (SimhostPlugin),
                                       .id = "org.example.bad",
                                       .name = "Bad",
                                       .version = "1.0.0",
                                       .init = init,
                                       .deinit = deinit,
                                       .get_n_simulators = get_n_simulators,
                                       .get_simulator = get_simulator,
                                       IN_PLUGIN };
