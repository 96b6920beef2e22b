/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What learning costs, without processes or protocol: networks forward and
 * backward beside the bare loop over their kernels, answers of a policy, updates
 * of PPO, rollouts, and the way to a mean return of 475 on CartPole. An update's
 * sample goes through two networks in each of four epochs: eight times the
 * forward_backward beside it is the most that ppo_learnt can reach. Networks are 64x64 on
 * CartPole's four numbers and two choices. One JSON line on stdout, lines for
 * people on stderr.
 *
 *   learning-bench
 */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sh-kernels.h"
#include "sh-network.h"
#include "sh-policy.h"
#include "trainer.h"

#define ROUNDS 7 /* of which the best counts: others use the machine too */
#define SPAN 0.05 /* seconds a round, at least */
#define SEEDS 5

static const guint hidden[] = { 64, 64 };

static double
now (void)
{
  return (double) g_get_monotonic_time () / 1e6;
}

/* Of this thread: what others do on the machine is not in it. */
static double
get_cpu_time (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

/* How often a second `func` can be called: the best of some rounds. */
static double
get_rate (void (*func) (gpointer data), gpointer data)
{
  double best = 0;

  for (guint round = 0; round < ROUNDS; round++)
    {
      const double start = get_cpu_time ();
      double seconds = 0;
      guint64 n = 0;

      for (; seconds < SPAN; seconds = get_cpu_time () - start)
        for (guint i = 0; i < 16; i++, n++)
          func (data);
      best = MAX (best, (double) n / seconds);
    }
  return best;
}

static void
print (GString *json, const char *what, const char *unit, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof text, value < 100 ? "%.3f" : "%.0f", value);
  fprintf (stderr, "  %-44s %12s %s\n", what, text, unit);
  g_string_append_printf (json, "%s\"%s\":%s", json->len > 1 ? "," : "", what,
                          text);
}

/* ---- networks ---- */

typedef struct
{
  const ShKernels *kernels;
  ShNetwork network;
  ShTape *tape;
  float *parameters, *transposed, *gradient, *x;
  guint n;
} Pass;

static void
forward (gpointer data)
{
  Pass *p = data;

  sh_network_forward (&p->network, p->kernels, p->parameters, p->n, p->x,
                      p->tape);
}

static void
forward_backward (gpointer data)
{
  Pass *p = data;

  forward (p);
  sh_network_backward (&p->network, p->kernels, p->parameters, p->transposed,
                       p->n, p->x, p->tape, p->gradient, NULL);
}

/* Nothing but the products of 64 samples with 64x64 weights, three times: what
 * nine tenths of a pass forward and backward are. */
static void
bare_products (gpointer data)
{
  Pass *p = data;
  const float *weights = p->parameters + p->network.layers[1].weights;
  const float *in = p->tape->activations[0];
  float *out = p->tape->activations[1];
  float *gradient = p->gradient + p->network.layers[1].weights;

  p->kernels->multiply (SH_KERNELS_ASSIGN, p->n, 64, 64, in, 64, 1, weights, 64,
                        NULL, out, 64);
  p->kernels->multiply (SH_KERNELS_ASSIGN, p->n, 64, 64, in, 64, 1,
                        p->transposed, 64, NULL, out, 64);
  p->kernels->multiply (SH_KERNELS_ACCUMULATE, 64, 64, p->n, in, 1, 64, in, 64,
                        NULL, gradient, 64);
}

static void
bench_networks (GString *json, const ShKernels *kernels)
{
  Pass pass = { .kernels = kernels };
  g_autofree char *one = g_strdup_printf ("%s_forward_1", kernels->name);
  g_autofree char *many = g_strdup_printf ("%s_forward_64", kernels->name);
  g_autofree char *both =
      g_strdup_printf ("%s_forward_backward_64", kernels->name);
  g_autofree char *bare =
      g_strdup_printf ("%s_bare_products_64", kernels->name);
  ShRandom random;

  sh_random_seed (&random, 1, 0);
  sh_network_init (&pass.network, 4, hidden, NULL, 2, 2);
  pass.tape = sh_tape_new (&pass.network, 64, TRUE);
  pass.parameters = sh_kernels_alloc (pass.network.n_parameters);
  pass.gradient = sh_kernels_alloc (pass.network.n_parameters);
  pass.transposed =
      sh_kernels_alloc (sh_network_get_transposed_size (&pass.network));
  pass.x = sh_kernels_alloc (64 * 4);
  sh_network_randomize (&pass.network, pass.parameters, 1, &random);
  sh_network_transpose (&pass.network, kernels, pass.parameters,
                        pass.transposed);
  for (guint i = 0; i < 64 * 4; i++)
    pass.x[i] = sh_random_normal (&random);

  pass.n = 1;
  print (json, one, "samples/s", get_rate (forward, &pass));
  pass.n = 64;
  print (json, many, "samples/s", 64 * get_rate (forward, &pass));
  print (json, both, "samples/s", 64 * get_rate (forward_backward, &pass));
  print (json, bare, "samples/s", 64 * get_rate (bare_products, &pass));

  sh_tape_free (pass.tape);
  g_aligned_free (pass.parameters);
  g_aligned_free (pass.gradient);
  g_aligned_free (pass.transposed);
  g_aligned_free (pass.x);
}

/* ---- training ---- */

/* Answers of a PPO policy, two 64x64 networks, to `n` observations at a time. */
typedef struct
{
  ShPolicy *policy;
  guint n;
  float observations[64 * 4], actions[64], log_probs[64], values[64];
} Acting;

static void
act (gpointer data)
{
  Acting *a = data;

  sh_policy_act (a->policy, SH_ACT_EXPLORE, a->n, a->observations, a->actions,
                 a->log_probs, a->values);
}

static void
bench_acting (GString *json)
{
  static const guint sizes[] = { 1, 16, 64 };
  g_autoptr (ShSpace) space = task_get_space (task_find ("cartpole"));
  g_autoptr (ShPolicy) policy = sh_policy_new (space, hidden, 2, 1);
  Acting acting = { .policy = policy };
  ShRandom random;

  sh_random_seed (&random, 1, 0);
  for (guint i = 0; i < G_N_ELEMENTS (acting.observations); i++)
    acting.observations[i] = sh_random_normal (&random);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *name = g_strdup_printf ("act_%u", sizes[i]);

      acting.n = sizes[i];
      print (json, name, "answers/s of a core",
             sizes[i] * get_rate (act, &acting));
    }
}

/*
 * Four epochs of four minibatches of 128: iterations that are learnt from, and
 * acted, in a second; by one thread in a second of the processor's, which is
 * what others do not disturb, by two in one of the clock's.
 */
static void
bench_updates (GString *json, guint n_threads)
{
  const Task *task = task_find ("cartpole");
  g_autoptr (ShSpace) space = task_get_space (task);
  g_autofree char *learnt = g_strdup_printf ("ppo_learnt_%u", n_threads);
  g_autofree char *acted = g_strdup_printf ("ppo_acted_%u", n_threads);
  g_autofree char *both = g_strdup_printf ("ppo_both_%u", n_threads);
  g_autoptr (ShLearner) learner = NULL;
  ShLearnerOptions options;
  double best[3] = { 0 };

  sh_learner_options_init_for (&options, "PPO", space);
  options.batch_size = 512;
  options.minibatch_size = 128;
  options.batch_growth = 0;
  options.n_epochs = 4;
  options.target_kl = 0;
  options.n_threads = n_threads;
  learner = sh_ppo_new (space, &options);
  for (guint round = 0; round < ROUNDS; round++)
    {
      double n, learn, rollout;
      Trainer trainer;

      trainer_init (&trainer, task, learner, 16, round);
      for (guint i = 0; i < 50; i++)
        trainer_update (&trainer);
      n = (double) trainer.n_iterations;
      learn = n_threads > 1 ? trainer.learn_seconds : trainer.learn_cpu;
      rollout = n_threads > 1 ? trainer.rollout_seconds : trainer.rollout_cpu;
      best[0] = MAX (best[0], n / learn);
      best[1] = MAX (best[1], n / rollout);
      best[2] = MAX (best[2], n / (learn + rollout));
      trainer_clear (&trainer);
    }
  print (json, learnt, "iterations/s", best[0]);
  print (json, acted, "iterations/s", best[1]);
  print (json, both, "iterations/s", best[2]);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The default parameters, from random weights. */
static void
bench_cartpole (GString *json, guint n_threads)
{
  const Task *task = task_find ("cartpole");
  g_autofree char *name = g_strdup_printf ("cartpole_475_%u", n_threads);
  double seconds[SEEDS], iterations[SEEDS];

  for (guint seed = 0; seed < SEEDS; seed++)
    {
      const double start = now ();
      g_autoptr (ShSpace) space = task_get_space (task);
      g_autoptr (ShLearner) learner = NULL;
      ShLearnerOptions options;
      Trainer trainer;

      sh_learner_options_init_for (&options, "PPO", space);
      options.n_threads = n_threads;
      options.seed = seed + 1;
      learner = sh_ppo_new (space, &options);

      trainer_init (&trainer, task, learner, 16, seed + 1);
      trainer_run (&trainer, 475, 1000000);
      seconds[seed] = now () - start;
      iterations[seed] = (double) trainer.n_iterations;
      trainer_clear (&trainer);
    }
  qsort (seconds, SEEDS, sizeof *seconds, compare);
  qsort (iterations, SEEDS, sizeof *iterations, compare);
  print (json, name, "s, median", seconds[SEEDS / 2]);
  /* The same whatever the threads. */
  if (n_threads == 1)
    print (json, "cartpole_475_iterations", "iterations, median",
           iterations[SEEDS / 2]);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GString) json = g_string_new ("{");
  const ShKernels *kernels;

  if (argc > 1)
    {
      fprintf (stderr, "learning-bench takes no arguments\n");
      return 2;
    }
  fprintf (stderr, "learning, 64x64 tanh networks, threads at the end:\n");
  for (guint i = 0; (kernels = sh_kernels_get_nth (i)) != NULL; i++)
    bench_networks (json, kernels);
  bench_acting (json);
  for (guint n_threads = 1; n_threads <= 2; n_threads++)
    {
      bench_updates (json, n_threads);
      bench_cartpole (json, n_threads);
    }
  printf ("%s}\n", json->str);
  return 0;
}
