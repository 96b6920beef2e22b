/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A compiled Inkling program: what is to be trained, on which simulator, and
 * until when. Compiling resolves every name and constant, so that the rest of
 * the engine sees data only. Immutable once compiled, reference-counted.
 */

#pragma once

#include <glib.h>

#include "sh-bytecode.h"
#include "sh-type.h"

G_BEGIN_DECLS

/* How much of a program's text is read. */
#define SH_PROGRAM_MAX_BYTES (1024u * 1024)
/* Learned concepts of one program. */
#define SH_PROGRAM_MAX_LEARNED 32u
/* Errors reported before the compiler gives up. */
#define SH_PROGRAM_MAX_ERRORS 20u

/* What a lesson or a curriculum says of training, all defaults filled in. */
typedef struct
{
  guint64 episode_iteration_limit; /* default 1000 */
  guint64 total_iteration_limit; /* default 50,000,000 */
  guint64 no_progress_iteration_limit; /* default 250,000 */
  guint lesson_assessment_window; /* episodes; default 30 */
  double lesson_reward_threshold; /* NaN: none */
  double lesson_success_threshold; /* share of episodes; default 0.9; used with
                                    * goals only */
} ShTraining;

typedef struct
{
  char *name; /* "default" when the program declares no lesson */
  /* A struct: a type to draw each of its fields from, in the order of the
   * config. Its types are those of the config, constrained. A field that the
   * program constrains only in the config is in it, too; one that it nowhere
   * constrains is left to the simulator. NULL: no field. */
  ShType *scenario;
  ShTraining training;
  /* Which of the simulator's rewards counts; NULL: its default. Where it is to be
   * small it counts negated, and so do the threshold and the returns. */
  char *reward;
  gboolean minimizes;
} ShLesson;

typedef struct
{
  char *name; /* NULL when anonymous */
  char *package; /* NULL: none */
  ShType *state, *action; /* structs */
  ShType *config; /* a struct, perhaps without fields; never NULL */
} ShSource;

/* One name and value of an `algorithm` record. */
typedef struct
{
  char *name;
  double number; /* when text is NULL */
  char *text;
} ShSetting;

/* avoid, reach, drive, minimize, maximize */
typedef enum
{
  SH_OBJECTIVE_AVOID,
  SH_OBJECTIVE_REACH,
  SH_OBJECTIVE_DRIVE,
  SH_OBJECTIVE_MINIMIZE,
  SH_OBJECTIVE_MAXIMIZE
} ShObjectiveKind;

/* "avoid" */
const char *sh_objective_kind_to_string (ShObjectiveKind kind);

/* Components of what an objective looks at. */
#define SH_OBJECTIVE_MAX_SIZE 64u
/* Objectives of one goal. */
#define SH_GOAL_MAX_OBJECTIVES 64u

/* All but spheres have low <= x <= high in each component. */
typedef enum
{
  SH_REGION_RANGE,
  SH_REGION_ABOVE,
  SH_REGION_BELOW,
  SH_REGION_BOX,
  SH_REGION_SPHERE /* the distance from `centre` is at most `radius` */
} ShRegionKind;

/* One objective of a goal: X is to be in a region, or not. */
typedef struct
{
  ShObjectiveKind kind;
  char *name;
  double weight; /* above 0 */
  guint function; /* works out X from the simulator's state, and perhaps its
                   * action; in the code */
  guint size; /* components of X */
  ShRegionKind region;
  double *low, *high; /* [size]; infinite where there is no bound */
  double *centre; /* sphere: [size] */
  double radius;
  double *scale; /* [size]: what counts as a distance of 1; above 0 */
  /* A region that depends on the state: functions that work out its arguments,
   * in their order; what stands above is then not known. 0: it is fixed. */
  guint n_bounds;
  guint *bounds; /* in the code */
  char *region_text; /* as written, in one line; NULL: it is fixed */
  guint64 within; /* iterations; G_MAXUINT64: not said */
} ShObjective;

/* No function of a kind. */
#define SH_NO_FUNCTION G_MAXUINT

typedef struct ShConcept ShConcept;

/* One that is learned. */
struct ShConcept
{
  char *name;
  ShType *input, *output; /* structs */
  ShSource source;
  char *algorithm; /* "PPO", "APEX", "SAC"; NULL: not said */
  guint n_settings;
  ShSetting *settings; /* the rest of the algorithm record */
  guint n_hidden_layers;
  guint *hidden_layers; /* sizes; HiddenLayers, of SAC PolicyHiddenLayers */
  const char **hidden_activations; /* as many: "tanh"; static */
  guint n_q_hidden_layers;
  guint *q_hidden_layers; /* sizes; QHiddenLayers of SAC */
  const char **q_hidden_activations; /* as many; static */
  guint n_lessons; /* at least one */
  ShLesson *lessons;
  const ShBytecode *code; /* of the program; NULL: no functions */
  /* Indices into the code, or SH_NO_FUNCTION. */
  guint reward, terminal, mask;
  guint state; /* the simulator's state to `input` */
  guint action; /* `output`, and perhaps the state, to the simulator's action */
  guint n_objectives; /* 0: no goal */
  ShObjective *objectives;
  /* Its place among the program's concepts, `all`; and the places of those whose
   * policies its state and action functions ask, which are learned before it. */
  guint place;
  const ShConcept *all;
  guint n_asked;
  guint *asked;
};

/* How a concept comes to its output. */
typedef enum
{
  SH_CONCEPT_LEARNED,
  SH_CONCEPT_PROGRAMMED,
  SH_CONCEPT_SELECTS /* it learns which of others to ask */
} ShConceptKind;

/* A concept as it stands in the graph, for people. */
typedef struct
{
  char *name;
  ShConceptKind kind;
  char **inputs; /* names, up to NULL */
  char **choices; /* of SH_CONCEPT_SELECTS; else NULL */
  char **masked; /* those of them that have a mask; NULL with `choices` */
  char *function; /* of SH_CONCEPT_PROGRAMMED; NULL: inline */
  guint order; /* in which those that are learned are trained, from 1; 0: not */
  ShType *output;
} ShGraphConcept;

typedef struct
{
  gatomicrefcount ref_count;
  char *text; /* as given */
  char *file; /* what it is called in messages */
  /* The concepts that are learned, in the order in which they are trained: each
   * comes after those that it takes or selects. Concepts that are programmed are
   * part of their state and action functions, and so are, by what their policies
   * decide, those that are learned before them (SH_OP_ASK). The last one drives
   * the graph's output, with all others; each other one its own output. */
  guint n_concepts;
  ShConcept *concepts;
  guint output; /* the last: with all others before it, it is the brain */
  guint n_graph; /* all concepts as written; 0: only the learned one */
  ShGraphConcept *graph;
  ShBytecode *code; /* of all functions; NULL: there are none */
} ShProgram;

/* Whether the concept, one of its functions or its goal has a use for this field
 * of the simulator's state. */
gboolean sh_concept_reads_state (const ShConcept *concept, const char *field);
/* The same for what becomes the concept's input only. */
gboolean sh_concept_sees_state (const ShConcept *concept, const char *field);

/* One error or warning, with its place. Lines and columns count from 1; a
 * column counts characters. */
typedef struct
{
  gboolean warning;
  guint line, column, length;
  char *message; /* "'reward' functions are not supported" */
  char *hint; /* what to do, or NULL */
} ShDiagnostic;

void sh_diagnostic_free (ShDiagnostic *diagnostic);

/*
 * Compiles `text`. On failure NULL, with *error SH_ERROR_SYNTAX carrying the
 * first error in one line. In either case *diagnostics, if asked for, is an
 * array of ShDiagnostic in the order of their places; the caller frees it.
 * `file` names the text in messages.
 */
ShProgram *sh_program_compile (const char *text,
                               gssize length,
                               const char *file,
                               GPtrArray **diagnostics,
                               GError **error);

/* The version of Inkling that `text` is read as, whether or not it compiles:
 * "1.0" or "2.0". */
const char *sh_program_find_version (const char *text);

/*
 * A diagnostic as a compiler shows it, ending in a newline:
 *
 *   cartpole.ink:12:24: error: there is no simulator 'Simulatr'
 *       12 |   curriculum { source Simulatr }
 *          |                       ^~~~~~~~
 *   hint: did you mean 'Simulator'?
 *
 * Of a long line it shows the part around the place. `text` may be NULL: no
 * line. Free with g_free.
 */
char *sh_diagnostic_format (const ShDiagnostic *diagnostic,
                            const char *file,
                            const char *text);

/* What the program says, all names and constants worked out, as indented lines
 * for people; the same program always gives the same text. Free with g_free. */
char *sh_program_dump (const ShProgram *program);

ShProgram *sh_program_ref (ShProgram *program);
void sh_program_unref (ShProgram *program);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShProgram, sh_program_unref)

G_END_DECLS
