/* SPDX-License-Identifier: MIT */

/*
 * The interface between Simhost and a simulator that is a shared object.
 *
 * A plugin is one shared object that exports one data symbol, `simhost_plugin`.
 * It describes one or more simulators; for each it has three schemas (config,
 * action, state), a table of named rewards, and the functions that run it.
 * Everything is plain C data: the host decides whether it can use a plugin
 * before any of the plugin's code has run.
 *
 * An author may rely on one fixed order of calls for each instance, whatever
 * engine is at the other end:
 *
 *   create
 *     ( [set_properties] reset start get_state
 *         ( advance get_state reward... )*
 *       stop )*
 *   destroy
 *
 * Every function below carries a tag that says on which thread it is called:
 *
 *   [probe]  by a short-lived process that only looks at the plugin, and by a
 *            worker before anything else; one call at a time
 *   [sim]    never two calls at once for one instance, but two calls for one
 *            instance may come from two threads; calls for two instances may
 *            run at the same time
 *   [any]    from any thread
 *   [run]    on the thread on which the host has called the simulator's run, in
 *            the extensions for simulators with a loop of their own
 *
 * and, for an instance, the states in which it is called:
 *
 *   state      entered by                          what may be called
 *   NEW        create                              set_properties reset destroy
 *   READY      reset                               start
 *   STARTED    start, advance                      get_state stop
 *   OBSERVED   get_state (not terminal)            reward advance stop
 *   TERMINAL   get_state (terminal)                reward stop
 *   STOPPED    stop                                set_properties reset destroy
 *
 * After a call that returned SIMHOST_ERROR the host calls stop, if the episode
 * had been started, and then reset or destroy; after SIMHOST_FATAL it calls
 * nothing more for that instance and ends the process.
 *
 * Memory never crosses the border to be freed on the other side. Text and
 * pixels that one side hands to the other are borrowed; each member says until
 * when. All text is UTF-8. No member is a bool or an enum, so that the layout
 * is the same for every compiler.
 *
 * How the interface grows: members are appended, and each struct says how large
 * its writer knew it to be (`struct_size`, and `field_size` for a table of
 * fields). What is optional is an extension with a revision in its name. What
 * a caller must do before a call is never silently made less.
 */

#ifndef SIMHOST_PLUGIN_H
#define SIMHOST_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define SIMHOST_BEGIN_DECLS                                                    \
  extern "C"                                                                   \
  {
#define SIMHOST_END_DECLS }
#else
#define SIMHOST_BEGIN_DECLS
#define SIMHOST_END_DECLS
#endif

SIMHOST_BEGIN_DECLS

/* "SIMH" in the order of a little-endian machine's bytes. */
#define SIMHOST_PLUGIN_MAGIC 0x484d4953u

/*
 * A host loads a plugin when the major numbers are equal and the plugin's
 * minor number is not newer than the host's.
 */
#define SIMHOST_ABI_MAJOR 1
#define SIMHOST_ABI_MINOR 0

/* What a function that can fail returns; see the notes at each function. */
#define SIMHOST_OK 0
/* Done, but something is worth a line in the log (`set_error` has the text). */
#define SIMHOST_WARNING 1
/* advance (and restore, snapshot.h) only: the action is refused, the state is
 * as before. */
#define SIMHOST_DISCARD 2
/* This episode is lost; a reset can recover. `set_error` has the reason. */
#define SIMHOST_ERROR 3
/* Nothing can be recovered: the process must go. */
#define SIMHOST_FATAL 4

/* Levels for SimhostHost.log. */
#define SIMHOST_LOG_DEBUG 0u
#define SIMHOST_LOG_INFO 1u
#define SIMHOST_LOG_WARNING 2u
#define SIMHOST_LOG_ERROR 3u

/* Types of a field, and the C type of the struct member behind it. */
#define SIMHOST_TYPE_DOUBLE 1u /* double */
#define SIMHOST_TYPE_FLOAT 2u /* float */
#define SIMHOST_TYPE_INT8 3u /* int8_t */
#define SIMHOST_TYPE_INT16 4u /* int16_t */
#define SIMHOST_TYPE_INT32 5u /* int32_t */
#define SIMHOST_TYPE_INT64 6u /* int64_t */
#define SIMHOST_TYPE_UINT8 7u /* uint8_t */
#define SIMHOST_TYPE_UINT16 8u /* uint16_t */
#define SIMHOST_TYPE_UINT32 9u /* uint32_t */
#define SIMHOST_TYPE_UINT64 10u /* uint64_t */
#define SIMHOST_TYPE_BOOL 11u /* uint8_t, 0 or 1 */
#define SIMHOST_TYPE_STRING 12u /* char[n], ended by NUL */
#define SIMHOST_TYPE_LUMINANCE 13u /* SimhostLuminance */

/*
 * A grey image: width * height numbers, row by row, 0 black to 1 white.
 * In a state, pixels belong to the plugin and stay as they are until the next
 * call for that instance. In a config or an action they belong to the host and
 * are gone when the call returns. An empty image has pixels NULL.
 */
typedef struct
{
  uint32_t width, height;
  const float *pixels;
} SimhostLuminance;

/*
 * One value of an enumerated field. With names the values are nominal: they
 * have no order (left, right). With name NULL they are ordinal: they must
 * increase (1, 2, 5).
 */
typedef struct
{
  const char *name;
  double value;
} SimhostValue;

/* SimhostField.flags */
#define SIMHOST_FIELD_HAS_MIN 1u
#define SIMHOST_FIELD_HAS_MAX 2u
#define SIMHOST_FIELD_HAS_STEP 4u

/*
 * One field of a schema: a row that says where in the plugin's own struct it
 * lies. Write rows with the SIMHOST_FIELD macros below.
 */
typedef struct
{
  const char *name; /* an identifier: a letter or _, then letters, digits, _ */
  uint32_t type; /* SIMHOST_TYPE_* */
  uint32_t flags; /* SIMHOST_FIELD_HAS_* */
  uint32_t offset; /* of the member, in bytes */
  uint32_t size; /* of the whole member, in bytes */
  uint32_t count; /* elements of a fixed array; 1 for a single value */
  uint32_t n_values; /* length of values; 0: not enumerated */
  double min, max; /* both ends belong to the range */
  double step; /* from min: min, min + step, ... not beyond max */
  const SimhostValue *values;
  const char *unit; /* "m/s"; NULL or "": none */
  const char *description; /* NULL: none */
} SimhostField;

/* A struct of the plugin, described field by field. */
typedef struct
{
  uint32_t struct_size; /* sizeof (SimhostSchema) */
  uint32_t field_size; /* sizeof (SimhostField): the distance of two rows */
  const char *name; /* an identifier, "CartState" */
  uint32_t size; /* of the plugin's struct, in bytes */
  uint32_t n_fields;
  const SimhostField *fields;
  /*
   * For a config: a struct with the default of every field, used for what an
   * engine does not send. NULL: everything is 0, false or "".
   */
  const void *defaults;
} SimhostSchema;

/*
 * What the host offers. Each instance gets a SimhostHost of its own, so that
 * the host knows which instance speaks; it is valid until destroy returns.
 * The one given to init is valid until deinit returns.
 */
typedef struct SimhostHost SimhostHost;
struct SimhostHost
{
  uint32_t struct_size; /* read no further than this */
  uint16_t abi_major, abi_minor; /* of the host */
  const char *name, *version; /* "simhost", "0.1.0" */

  /* [any] A line for the log, without a newline; copied. */
  void (*log) (const SimhostHost *host, uint32_t level, const char *text);

  /*
   * [sim] Says why the call that is running is about to return something other
   * than SIMHOST_OK: one line without a newline; copied. The last one counts.
   */
  void (*set_error) (const SimhostHost *host, const char *text);

  /* [any] An extension of the host such as "simhost.example/1", or NULL. */
  const void *(*get_extension) (const SimhostHost *host, const char *id);

  void *reserved; /* the host's own */

  /*
   * [sim] Adds a value of the plugin's own to the record that a user asked for
   * with --record, in a column named `key`; the key is copied. It goes into the
   * row of the call that is running: that of the first state (from reset on),
   * or of the step. Without a record it does nothing. A CSV file takes only
   * keys that were there by its first row: record all of them in reset.
   * Appended to this struct: look at struct_size before use.
   */
  void (*record) (const SimhostHost *host, const char *key, double value);
};

/* SimhostReward.flags */
/* Used when the engine names no reward. At most one row has it. */
#define SIMHOST_REWARD_DEFAULT 1u
/* Another name for an earlier row: not shown when a person is to choose. */
#define SIMHOST_REWARD_ALIAS 2u

typedef struct
{
  const char *name; /* an identifier; matched exactly */
  uint32_t flags; /* SIMHOST_REWARD_* */
  const char *description;
  /* [sim] OBSERVED, TERMINAL: the reward of the step just taken. Finite. NULL
   * for simulators with a loop of their own, which say the reward themselves. */
  double (*evaluate) (void *self);
} SimhostReward;

/* SimhostSimulator.flags */
/* A step may take longer than a tenth of a second: it gets its own thread. */
#define SIMHOST_SIMULATOR_SLOW 1u
/* Equal seeds do not give equal episodes: real hardware, real time. */
#define SIMHOST_SIMULATOR_NONDETERMINISTIC 2u
/* It has a loop of its own and asks for events: simhost/event-driven.h. */
#define SIMHOST_SIMULATOR_EVENT_DRIVEN 4u
/* It is a program with episodes of its own: simhost/external.h. */
#define SIMHOST_SIMULATOR_EXTERNAL 8u

/*
 * One simulator: its description, and the functions that run instances of it.
 * `self` is what create stored. Functions that return int32_t return one of
 * SIMHOST_OK, _WARNING, _DISCARD (advance only), _ERROR, _FATAL.
 *
 * A simulator with a loop of its own (SIMHOST_SIMULATOR_EVENT_DRIVEN or
 * _EXTERNAL) has create, destroy and get_extension; all others are NULL.
 */
typedef struct
{
  uint32_t struct_size; /* sizeof (SimhostSimulator) */
  uint32_t flags; /* SIMHOST_SIMULATOR_* */
  const char *name; /* an identifier, by which an engine knows it */
  const char *description; /* a sentence; NULL: none */

  SimhostSchema config; /* n_fields 0: nothing to configure */
  SimhostSchema action; /* at least one field */
  SimhostSchema state; /* at least one field */

  uint32_t reward_size; /* sizeof (SimhostReward) */
  uint32_t n_rewards; /* 0: every reward is 0 */
  const SimhostReward *rewards;

  /*
   * [sim] Makes an instance and stores it in *self. Cheap: real work belongs in
   * start or reset. On SIMHOST_ERROR or _FATAL nothing is left behind.
   */
  int32_t (*create) (const SimhostHost *host, void **self);

  /* [sim] NEW, STOPPED: frees the instance. */
  void (*destroy) (void *self);

  /*
   * [sim] NEW, STOPPED: the properties of the episodes to come; before the
   * first episode, and again before an episode whose properties are new.
   * `config` has the config schema's struct with every field filled; it is
   * gone when the call returns. May be NULL when config has no fields.
   */
  int32_t (*set_properties) (void *self, const void *config);

  /*
   * [sim] NEW, STOPPED, after set_properties: puts the simulation into an
   * initial state under the current properties. The same seed gives the same
   * state, and with the same actions the same episode. Before every episode.
   */
  int32_t (*reset) (void *self, uint64_t seed);

  /* [sim] READY: the episode begins. May be NULL. */
  int32_t (*start) (void *self);

  /*
   * [sim] OBSERVED: one step under `action`, which has the action schema's
   * struct and is gone when the call returns.
   */
  int32_t (*advance) (void *self, const void *action);

  /*
   * [sim] STARTED: fills the state schema's struct, which the host has zeroed,
   * and sets *terminal to 1 if the episode is over, to 0 otherwise. Called
   * once after start and once after each advance. What start leaves behind is
   * never terminal: there the flag is ignored.
   */
  int32_t (*get_state) (void *self, void *state, uint8_t *terminal);

  /*
   * [sim] STARTED, OBSERVED, TERMINAL: the episode is over. Exactly one for
   * each start. May be NULL.
   */
  int32_t (*stop) (void *self);

  /*
   * [probe] An extension of this simulator (render.h, snapshot.h), a struct
   * that lives as long as the plugin; NULL if there is none of that id. May be
   * NULL.
   */
  const void *(*get_extension) (const char *id);
} SimhostSimulator;

/* The one exported symbol. */
typedef struct
{
  uint32_t magic; /* SIMHOST_PLUGIN_MAGIC */
  uint16_t abi_major, abi_minor; /* SIMHOST_ABI_MAJOR, SIMHOST_ABI_MINOR */
  uint32_t struct_size; /* sizeof (SimhostPlugin) */

  const char *id; /* "org.example.lift": the same in every version */
  const char *name; /* for people */
  const char *version; /* "1.2.0" */
  const char *vendor; /* NULL: not said; so also the next two */
  const char *license; /* an SPDX expression */
  const char *homepage;

  /* [probe] Called first, once. May be NULL. Not SIMHOST_DISCARD. */
  int32_t (*init) (const SimhostHost *host);
  /* [probe] Called last, when init succeeded. May be NULL. */
  void (*deinit) (void);

  /*
   * [probe] After init. The number and the descriptions stay as they are until
   * deinit; get_simulator gives non-NULL for each index below the number.
   */
  uint32_t (*get_n_simulators) (void);
  const SimhostSimulator *(*get_simulator) (uint32_t index);

  /* [probe] An extension of the plugin, or NULL. May be NULL. */
  const void *(*get_extension) (const char *id);
} SimhostPlugin;

#if defined _WIN32
#define SIMHOST_EXPORT __declspec(dllexport)
#elif defined __GNUC__
#define SIMHOST_EXPORT __attribute__ ((visibility ("default")))
#else
#define SIMHOST_EXPORT
#endif

extern SIMHOST_EXPORT const SimhostPlugin simhost_plugin;

/*
 * The end of a plugin in C that has one simulator; what follows it are the
 * members of SimhostPlugin that say what it is, its id and name at least.
 *
 *   SIMHOST_PLUGIN (lift,
 *                   .id = "org.example.lift",
 *                   .name = "Lift",
 *                   .version = "1.0.0",
 *                   .license = "MIT");
 */
#define SIMHOST_PLUGIN(SIMULATOR, ...)                                         \
  static uint32_t simhost_get_n_simulators (void) { return 1; }                \
                                                                               \
  static const SimhostSimulator *simhost_get_simulator (uint32_t index)        \
  {                                                                            \
    return index == 0 ? &SIMULATOR : NULL;                                     \
  }                                                                            \
                                                                               \
  const SimhostPlugin simhost_plugin = {                                       \
    .magic = SIMHOST_PLUGIN_MAGIC,                                             \
    .abi_major = SIMHOST_ABI_MAJOR,                                            \
    .abi_minor = SIMHOST_ABI_MINOR,                                            \
    .struct_size = sizeof (SimhostPlugin),                                     \
    .get_n_simulators = simhost_get_n_simulators,                              \
    .get_simulator = simhost_get_simulator,                                    \
    __VA_ARGS__                                                                \
  }

/*
 * Rows of a table of fields. STRUCT is the plugin's struct, MEMBER a member of
 * it, TYPE one of DOUBLE FLOAT INT8 ... UINT64 BOOL STRING LUMINANCE. A member
 * that is an array of TYPE becomes a fixed array of as many elements.
 *
 *   static const SimhostField state_fields[] = {
 *     SIMHOST_FIELD (CartState, position, FLOAT, "m", "of the cart"),
 *     ...
 *   };
 */
#define SIMHOST_FIELD(STRUCT, MEMBER, TYPE, UNIT, DESCRIPTION)                 \
  SIMHOST_FIELD_FULL (STRUCT, MEMBER, TYPE, 0u, 0.0, 0.0, 0.0, 0u, NULL, UNIT, \
                      DESCRIPTION)

/* A field whose values lie between MIN and MAX, both included. */
#define SIMHOST_FIELD_RANGE(STRUCT, MEMBER, TYPE, MIN, MAX, UNIT, DESCRIPTION) \
  SIMHOST_FIELD_FULL (STRUCT, MEMBER, TYPE,                                    \
                      SIMHOST_FIELD_HAS_MIN | SIMHOST_FIELD_HAS_MAX, MIN, MAX, \
                      0.0, 0u, NULL, UNIT, DESCRIPTION)

/* A field whose values are MIN, MIN + STEP, ... not beyond MAX. */
#define SIMHOST_FIELD_STEPS(STRUCT, MEMBER, TYPE, MIN, MAX, STEP, UNIT,        \
                            DESCRIPTION)                                       \
  SIMHOST_FIELD_FULL (STRUCT, MEMBER, TYPE,                                    \
                      SIMHOST_FIELD_HAS_MIN | SIMHOST_FIELD_HAS_MAX |          \
                          SIMHOST_FIELD_HAS_STEP,                              \
                      MIN, MAX, STEP, 0u, NULL, UNIT, DESCRIPTION)

/* A field with one of the VALUES, an array of SimhostValue. */
#define SIMHOST_FIELD_VALUES(STRUCT, MEMBER, TYPE, VALUES, UNIT, DESCRIPTION)  \
  SIMHOST_FIELD_FULL (STRUCT, MEMBER, TYPE, 0u, 0.0, 0.0, 0.0,                 \
                      SIMHOST_N_ELEMENTS (VALUES), VALUES, UNIT, DESCRIPTION)

#define SIMHOST_FIELD_FULL(STRUCT, MEMBER, TYPE, FLAGS, MIN, MAX, STEP,        \
                           N_VALUES, VALUES, UNIT, DESCRIPTION)                \
  {                                                                            \
#MEMBER, SIMHOST_TYPE_##TYPE, FLAGS, (uint32_t) offsetof(STRUCT, MEMBER),  \
        (uint32_t) SIMHOST_MEMBER_SIZE(STRUCT, MEMBER),                        \
        (uint32_t) SIMHOST_COUNT_##TYPE(STRUCT, MEMBER), N_VALUES, MIN, MAX,   \
        STEP, VALUES, UNIT, DESCRIPTION                                        \
  }

/*
 * A schema: STRUCT, and its table of fields. The name that an engine sees is
 * the struct's. DEFAULTS is the address of a STRUCT, or NULL.
 */
#define SIMHOST_SCHEMA(STRUCT, FIELDS, DEFAULTS)                               \
  {                                                                            \
    (uint32_t) sizeof (SimhostSchema), (uint32_t) sizeof (SimhostField),       \
        #STRUCT, (uint32_t) sizeof (STRUCT), SIMHOST_N_ELEMENTS (FIELDS),      \
        FIELDS, DEFAULTS                                                       \
  }

/* A schema without fields. */
#define SIMHOST_SCHEMA_NONE                                                    \
  {                                                                            \
    (uint32_t) sizeof (SimhostSchema), (uint32_t) sizeof (SimhostField), "",   \
        0u, 0u, NULL, NULL                                                     \
  }

#define SIMHOST_N_ELEMENTS(ARRAY)                                              \
  ((uint32_t) (sizeof (ARRAY) / sizeof ((ARRAY)[0])))

#define SIMHOST_MEMBER_SIZE(STRUCT, MEMBER) (sizeof (((STRUCT *) 0)->MEMBER))

/*
 * The number of elements of a member. A member of another C type than its row
 * says, a pointer for example, does not compile.
 */
#if defined __cplusplus
#define SIMHOST_COUNT_OF(STRUCT, MEMBER, CTYPE)                                \
  (SimhostCount<CTYPE, decltype (STRUCT::MEMBER)>::value)
#define SIMHOST_COUNT_STRING(STRUCT, MEMBER)                                   \
  (SimhostCount<char[SIMHOST_MEMBER_SIZE (STRUCT, MEMBER)],                    \
                decltype (STRUCT::MEMBER)>::value)
#else
#define SIMHOST_COUNT_OF(STRUCT, MEMBER, CTYPE)                                \
  (SIMHOST_MEMBER_SIZE (STRUCT, MEMBER) / sizeof (CTYPE) +                     \
   SIMHOST_ASSERT (SIMHOST_IS_ONE (STRUCT, MEMBER, CTYPE) ||                   \
                   SIMHOST_IS_ARRAY (STRUCT, MEMBER, CTYPE)))
#define SIMHOST_COUNT_STRING(STRUCT, MEMBER)                                   \
  (1u + SIMHOST_ASSERT (SIMHOST_IS_ARRAY (STRUCT, MEMBER, char)))

#define SIMHOST_IS_ONE(STRUCT, MEMBER, CTYPE)                                  \
  _Generic(&((STRUCT *) 0)->MEMBER, CTYPE * : 1, default : 0)
/* In an expression an array is a pointer to its elements; but its address is
 * not that of a pointer. */
#define SIMHOST_IS_ARRAY(STRUCT, MEMBER, CTYPE)                                \
  (_Generic(((STRUCT *) 0)->MEMBER, CTYPE * : 1, default : 0) &&               \
   _Generic(&((STRUCT *) 0)->MEMBER, CTYPE * * : 0, default : 1))
#define SIMHOST_ASSERT(TRUTH)                                                  \
  (0u * sizeof (struct {                                                       \
     _Static_assert(TRUTH, "the member has another C type than its row says"); \
     char unused;                                                              \
   }))
#endif

#define SIMHOST_COUNT_DOUBLE(S, M) SIMHOST_COUNT_OF (S, M, double)
#define SIMHOST_COUNT_FLOAT(S, M) SIMHOST_COUNT_OF (S, M, float)
#define SIMHOST_COUNT_INT8(S, M) SIMHOST_COUNT_OF (S, M, int8_t)
#define SIMHOST_COUNT_INT16(S, M) SIMHOST_COUNT_OF (S, M, int16_t)
#define SIMHOST_COUNT_INT32(S, M) SIMHOST_COUNT_OF (S, M, int32_t)
#define SIMHOST_COUNT_INT64(S, M) SIMHOST_COUNT_OF (S, M, int64_t)
#define SIMHOST_COUNT_UINT8(S, M) SIMHOST_COUNT_OF (S, M, uint8_t)
#define SIMHOST_COUNT_UINT16(S, M) SIMHOST_COUNT_OF (S, M, uint16_t)
#define SIMHOST_COUNT_UINT32(S, M) SIMHOST_COUNT_OF (S, M, uint32_t)
#define SIMHOST_COUNT_UINT64(S, M) SIMHOST_COUNT_OF (S, M, uint64_t)
#define SIMHOST_COUNT_BOOL(S, M) SIMHOST_COUNT_OF (S, M, uint8_t)
#define SIMHOST_COUNT_LUMINANCE(S, M) SIMHOST_COUNT_OF (S, M, SimhostLuminance)

SIMHOST_END_DECLS

#ifdef __cplusplus
/* Elements of a member: 1, or those of an array; no value for another type. */
template <typename Expected, typename Member> struct SimhostCount;

template <typename Expected> struct SimhostCount<Expected, Expected>
{
  static const uint32_t value = 1;
};

template <typename Expected, size_t n>
struct SimhostCount<Expected, Expected[n]>
{
  static const uint32_t value = n;
};
#endif

#endif /* SIMHOST_PLUGIN_H */
