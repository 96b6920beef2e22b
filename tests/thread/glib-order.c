/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Tells ThreadSanitizer what comes before what in GLib, which is not built for it.
 * It is loaded before GLib (LD_PRELOAD), stands before some of its functions, and
 * calls them.
 *
 * NOTES. ThreadSanitizer knows pthreads, pipes, and the atomics of code that is
 * built for it. A GMutex is a futex, and a reference count a number that GLib's own
 * code changes: there it sees nothing, and takes each hand-over for a race. Nothing
 * is suppressed here: a race of ours is found as before. Calls within one of GLib's
 * libraries do not come by here; tests/tsan.supp is for those.
 *
 * Main contexts need nothing: who attaches a source to one that another thread runs
 * wakes that by an eventfd.
 */

/* All that is not static is to be found by others. */
#pragma GCC visibility push(default)

#include <dlfcn.h>
#include <glib-object.h>

/* ThreadSanitizer's, where it is; it is not in Python. */
extern void __tsan_acquire (void *address) __attribute__ ((weak));
extern void __tsan_release (void *address) __attribute__ ((weak));

static void
acquire (gpointer address)
{
  if (__tsan_acquire != NULL)
    __tsan_acquire (address);
}

static void
release (gpointer address)
{
  if (__tsan_release != NULL)
    __tsan_release (address);
}

static gpointer
find (gpointer *place, const char *name)
{
  gpointer function = __atomic_load_n (place, __ATOMIC_ACQUIRE);

  if (function == NULL)
    {
      function = dlsym (RTLD_NEXT, name);
      __atomic_store_n (place, function, __ATOMIC_RELEASE);
    }
  return function;
}

/* Declares `next`: the function of GLib that the present one stands before. */
#define NEXT(RESULT, ...)                                                      \
  static gpointer place;                                                       \
  RESULT (*next) (__VA_ARGS__);                                                \
                                                                               \
  *(gpointer *) &next = find (&place, __func__)

/* ---- mutexes and conditions ---- */

void
g_mutex_lock (GMutex *mutex)
{
  NEXT (void, GMutex *);

  next (mutex);
  acquire (mutex);
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  NEXT (gboolean, GMutex *);
  const gboolean locked = next (mutex);

  if (locked)
    acquire (mutex);
  return locked;
}

void
g_mutex_unlock (GMutex *mutex)
{
  NEXT (void, GMutex *);

  release (mutex);
  next (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  NEXT (void, GCond *, GMutex *);

  release (mutex);
  next (cond, mutex);
  acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  NEXT (gboolean, GCond *, GMutex *, gint64);
  gboolean signalled;

  release (mutex);
  signalled = next (cond, mutex, end_time);
  acquire (mutex);
  return signalled;
}

/* ---- what is done once ---- */

gboolean (g_once_init_enter) (volatile void *location)
{
  NEXT (gboolean, volatile void *);
  const gboolean enters = next (location);

  if (!enters)
    acquire ((gpointer) location);
  return enters;
}

void (g_once_init_leave) (volatile void *location, gsize result)
{
  NEXT (void, volatile void *, gsize);

  release ((gpointer) location);
  next (location, result);
}

/* ---- pools of threads, and so GTask ---- */

/* What a pool was made with. As long as the process. */
typedef struct
{
  GFunc func;
  gpointer data;
} Pool;

static void
run_in_pool (gpointer data, gpointer pool)
{
  acquire (data);
  ((Pool *) pool)->func (data, ((Pool *) pool)->data);
}

GThreadPool *
g_thread_pool_new (GFunc func,
                   gpointer user_data,
                   gint max_threads,
                   gboolean exclusive,
                   GError **error)
{
  NEXT (GThreadPool *, GFunc, gpointer, gint, gboolean, GError **);
  Pool *pool = g_new (Pool, 1);

  *pool = (Pool){ func, user_data };
  return next (run_in_pool, pool, max_threads, exclusive, error);
}

gboolean
g_thread_pool_push (GThreadPool *pool, gpointer data, GError **error)
{
  NEXT (gboolean, GThreadPool *, gpointer, GError **);

  release (data);
  return next (pool, data, error);
}

/* ---- reference counts: the last who gives one up comes after all others ---- */

#define UNREF(FUNCTION, TYPE)                                                  \
  void FUNCTION (TYPE thing)                                                   \
  {                                                                            \
    NEXT (void, TYPE);                                                         \
                                                                               \
    release ((gpointer) thing);                                                \
    acquire ((gpointer) thing);                                                \
    next (thing);                                                              \
  }

UNREF (g_object_unref, gpointer)
UNREF (g_bytes_unref, GBytes *)
UNREF (g_main_context_unref, GMainContext *)
UNREF (g_source_unref, GSource *)
UNREF (g_hash_table_unref, GHashTable *)
UNREF (g_variant_unref, GVariant *)
