/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "engine.h"

#include "engine-stub.h"

struct Engine
{
  EngineStub *stub;
  char *url;
  GThread *thread;
  gint ended, finish, n_steps; /* atomic */
};

static gint
take_steps (EngineStub *stub)
{
  guint64 n_messages;

  return (gint) engine_stub_take_steps (stub, &n_messages);
}

static gpointer
serve (gpointer data)
{
  Engine *engine = data;

  while (!g_atomic_int_get (&engine->ended))
    {
      if (g_atomic_int_compare_and_exchange (&engine->finish, TRUE, FALSE))
        engine_stub_finish (engine->stub);
      engine_stub_run (engine->stub, 5);
      g_atomic_int_add (&engine->n_steps, take_steps (engine->stub));
    }
  return NULL;
}

Engine *
engine_new (const char *simulator)
{
  Engine *engine = g_new0 (Engine, 1);

  engine->stub = engine_stub_new ();
  engine_stub_serve (engine->stub, simulator, 1);
  engine->url = g_strdup_printf ("http://127.0.0.1:%u",
                                 engine_stub_get_port (engine->stub));
  engine->thread = g_thread_new ("engine", serve, engine);
  return engine;
}

void
engine_free (Engine *engine)
{
  g_atomic_int_set (&engine->ended, TRUE);
  g_thread_join (engine->thread);
  engine_stub_free (engine->stub);
  g_free (engine->url);
  g_free (engine);
}

const char *
engine_get_url (const Engine *engine)
{
  return engine->url;
}

void
engine_finish (Engine *engine)
{
  g_atomic_int_set (&engine->finish, TRUE);
}

guint
engine_count_steps (const Engine *engine)
{
  return (guint) g_atomic_int_get (&engine->n_steps);
}
