# SPDX-License-Identifier: LGPL-2.1-or-later

"""The edge cases of the protocol, each with the tests that play it.

Item: (what it is about, where we differ from the original library or what it
means for a plugin, the cases). A case is TEST:PATH, the test as `meson test
--list` names it; * stands for anything, and each pattern must match something.
test-items.py holds the suite to this table.
"""

WIRE = "conformance-wire:/conformance/"
VALUES = "conformance-values:/conformance/"
SEQUENCE = "conformance-sequence:/conformance/"
CONNECTION = "conformance-connection:/conformance/"
ENGINE = "session-bad-engine:/session/bad-engine/"
LINK = "session-connection:/session/connection/"
CONFIG = "host-config-config:/config/"
RECORD = "record-record:/record/"
SESSION = "session-sequence:/session/"
REST = "server-rest:/rest/"

SAME = ""

ITEMS = {
    # Wire
    1: ("zero is written, absent is the default",
        "a config field that is absent has the plugin's default, not 0",
        [WIRE + "01-*", "proto-plan:/proto/plan/absent-is-default", SESSION + "train/empty-properties"]),
    2: ("negative int32 in ten bytes, and in five", SAME,
        [WIRE + "02-*", "proto-plan:/proto/plan/captured/config"]),
    3: ("unknown fields of each wire type",
        "a group ends the run, and so do more unknown fields than a good engine sends",
        [WIRE + "03-*", "proto-guard:/proto/guard/unknown/*", ENGINE + "message/group", ENGINE + "message/many-unknown"]),
    4: ("field numbers in any order", SAME,
        [WIRE + "04-*", "proto-plan:/proto/plan/numbers-in-any-order", "proto-schema:/proto/schema/numbers/*"]),
    5: ("anonymous schemas", SAME, [WIRE + "05-*", "proto-schema:/proto/schema/names"]),
    6: ("labels", SAME, [WIRE + "06-*", "proto-schema:/proto/schema/label/*"]),
    7: ("type name with and without dot", SAME, [WIRE + "07-*", "proto-schema:/proto/schema/types/luminance*"]),
    8: ("unknown type name", SAME, [WIRE + "08-*"]),
    9: ("schemas of one name", SAME, [WIRE + "09-*"]),
    10: ("action schema replaced, and wiped",
         "without a schema an action is the struct's defaults, not an empty dictionary",
         [WIRE + "10-*"]),
    11: ("Luminance of right and wrong size",
         "pixels that do not go with width and height end the run",
         [WIRE + "11-*", "proto-shapes:/proto/plan/image*"]),
    12: ("message above 4 MiB", SAME,
         [ENGINE + "frame-too-large", ENGINE + "fragments-too-large", ENGINE + "largest-message"]),
    13: ("text frame", "ends the run with a message that says so", [ENGINE + "text-frame"]),
    14: ("fragments with a ping between", SAME, [LINK + "fragments"]),
    15: ("pong that nobody asked for", SAME, [LINK + "pong-at-once", WIRE + "15-*"]),
    16: ("truncated and over-long varints, lengths past the end", SAME,
         [WIRE + "16-*", ENGINE + "message/*", "proto-guard:/proto/guard/varint/*",
          "proto-guard:/proto/guard/length/*", "proto-guard:/proto/guard/truncated-anywhere"]),
    17: ("message types 0, 8, 255", "refused when received, not when the answer is due",
         [ENGINE + "message/empty", ENGINE + "message/type-8", ENGINE + "message/type-255"]),
    18: ("ACKNOWLEDGE_REGISTER without data", SAME, [WIRE + "18-*"]),
    19: ("sim_id", SAME, [WIRE + "19-*"]),
    20: ("sim_id from the engine", SAME, [WIRE + "20-*"]),
    # Values
    21: ("state field that is missing",
         "known when the schema comes: it fails then, and not with the first state",
         [VALUES + "21-*", ENGINE + "state-lacks-field"]),
    22: ("state field that nobody asked for", SAME, [VALUES + "22-*"]),
    23: ("numbers and texts that become integers",
         "what does not fit is one error that names the field, never a raw one",
         [VALUES + "23-*", "proto-values:/proto/*"]),
    24: ("bool from text", SAME, [VALUES + "24-*"]),
    25: ("text from a number", SAME, [VALUES + "25-*"]),
    26: ("another type for a Luminance",
         "a plugin's types are in its tables: the schema is refused",
         [VALUES + "26-*"]),
    27: ("types that stay unset",
         "zigzag integers are written, as there; an array travels as a repeated field, which the original lacks",
         [VALUES + "27-*", "proto-shapes:/proto/plan/types-that-never-fit"]),
    28: ("rewards that are no finite float",
         "the original sends them; here the episode is given up, for an engine would learn nonsense from it",
         [VALUES + "28-*"]),
    29: ("UTF-8 in names and values", SAME, [VALUES + "29-*", "proto-plan:/proto/plan/utf-8-names"]),
    # Sequencing
    30: ("the first state", SAME, [SEQUENCE + "30-*", SESSION + "train/start-entry"]),
    31: ("every step terminal, batches of 1, 2, 3", SAME, [SEQUENCE + "31-*", SESSION + "train/always-terminal"]),
    32: ("terminal last, then STOP", SAME,
         [SEQUENCE + "32-*", SESSION + "train/terminal-then-stop", "session-dialogues:/session/run/dialogue/terminal-ends-batch*"]),
    33: ("terminal last, then PREDICTION", SAME,
         [SEQUENCE + "33-*", SESSION + "train/terminal-then-prediction", "session-dialogues:/session/run/dialogue/terminal-mid-batch*"]),
    34: ("STOP without terminal", "a second STOP does not finish again: each start has one stop",
         [SEQUENCE + "34-*"]),
    35: ("STOP straight after START", SAME, [SEQUENCE + "35-*", SESSION + "train/stop"]),
    36: ("START without SET_PROPERTIES", "the plugin's defaults, not an empty config",
         [SEQUENCE + "36-*", SESSION + "train/start-without-properties"]),
    37: ("SET_PROPERTIES twice", SAME, [SEQUENCE + "37-*", SESSION + "train/set-properties-twice"]),
    38: ("RESET repeated", "calls nothing: every episode begins with a reset", [SEQUENCE + "38-*", SESSION + "train/reset"]),
    39: ("FINISHED at once and in an episode", "what is open is stopped before it is destroyed",
         [SEQUENCE + "39-*", SESSION + "train/finished", "session-dialogues:/session/run/dialogue/finished-at-once*"]),
    40: ("action_taken is what was received", SAME, [SEQUENCE + "40-*", SESSION + "train/action-verbatim"]),
    41: ("terminal in the first state", "get_state may say so after start: it is ignored", [SEQUENCE + "41-*"]),
    42: ("empty batch", SAME, [SEQUENCE + "42-*", SESSION + "train/empty-batch"]),
    43: ("forbidden messages in prediction", "refused when received, not at the next answer",
         [SEQUENCE + "43-*", ENGINE + "predict/*", SESSION + "predict/forbidden"]),
    44: ("the action is for the state given",
         "no helper class: it holds for every simulator in prediction, and for the engine's answers",
         [SEQUENCE + "44-*", "server-predict:/server/predict/dialogue",
          "session-dialogues:/session/run/dialogue/predict-one-by-one*",
          "session-program:/session/external/predict/no-lag"]),
    45: ("callbacks and events give the same bytes",
         "each recording is replayed with calls, slow calls, events and external episodes",
         ["session-dialogue:/session/dialogue/*", "session-dialogues:/session/run/dialogue/*"]),
    46: ("get_state before the reward; rewards that are missing or unnamed",
         "a missing one fails at SET_PROPERTIES; without a name it is the plugin's default, else 0",
         [SEQUENCE + "46-*", ENGINE + "reward-missing"]),
    47: ("reward changes between lessons", SAME,
         [SEQUENCE + "47-*", "session-dialogues:/session/run/dialogue/two-lessons*"]),
    # Connection
    48: ("101 with and without subprotocol",
         "the host asks for none and lets any pass; the engine echoes the old one",
         [CONNECTION + "48-*", "server-pages:/server/handshake"]),
    49: ("401, 403, 404", SAME, [LINK + "status/40[134]"]),
    50: ("500, 503 and others", "refused and unreachable hosts are retried, too",
         [LINK + "status/50*", LINK + "no-server", LINK + "server-comes-later", LINK + "bad-handshake"]),
    51: ("close codes", SAME, [LINK + "close/*", CONNECTION + "51-*"]),
    52: ("retry 0, -1, 1, 300 with a mock clock; back-off",
         "an engine that drops each connection at once is called at most four times a second in the mean",
         ["session-retry:/session/retry/52-*", LINK + "retry-0/*"]),
    53: ("lost in a batch", "the episode that was open is stopped before the next one",
         [SEQUENCE + "53-*", CONNECTION + "53-*", LINK + "lost-in-a-batch", SESSION + "reconnect/*"]),
    54: ("success clears the deadline", SAME, ["session-retry:/session/retry/54-*"]),
    55: ("headers of the handshake", SAME, [LINK + "headers"]),
    56: ("which proxy", "a proxy in a file has an effect; see docs/run.md",
         [CONFIG + "56-*", "host-config-run:/config/56-*"]),
    57: ("forms of URLs", "without a scheme: an error as a flag, https in a file",
         [CONNECTION + "57-*", CONFIG + "57-*", "session-settings:/session/url/*"]),
    58: ("IPv6 hosts", SAME, [CONNECTION + "58-*", CONFIG + "58-*", "session-settings:/session/url/train",
          "host-config-run:/config/58-*"]),
    # Configuration
    59: ("files and profiles", "a missing profile is warned of", [CONFIG + "59-*"]),
    60: ("keys in odd case", SAME, [CONFIG + "60-*", CONFIG + "like-configparser"]),
    61: ("--predict", SAME, [CONFIG + "61-*", LINK + "path/predict*"]),
    62: ("--record and its names", SAME, [CONFIG + "62-*"]),
    63: ("unknown flags", "warned of", [CONFIG + "63-*", "session-connection:/session/flags/unknown"]),
    64: ("timeouts out of range", SAME, [CONFIG + "64-*"]),
    65: (".brains malformed, and without default",
         "malformed is an error that names the file; without default it names no brain",
         [CONFIG + "65-*"]),
    # Recorder
    66: ("order of keys", SAME, [RECORD + "66-*"]),
    67: ("rows of first states and of steps", SAME, [RECORD + "67-*"]),
    68: ("quoting, line ends, one header", SAME, [RECORD + "68-*"]),
    69: ("switch of file", SAME, ["record-recorder:/record/69-*"]),
    70: ("counts of rows", SAME, [RECORD + "70-*"]),
    # Engine REST
    71: ("brains that are not there, and wrong keys", SAME, [REST + "71-*", "server-pages:/server/pages/need-a-key"]),
    72: ("push while training", SAME, [REST + "72-*"]),
    73: ("multipart of all sorts", SAME, [REST + "73-*"]),
    74: ("compile errors with line and column",
         "a program with errors is stored, and cannot be trained", [REST + "74-*"]),
    75: ("status in each state", SAME, [REST + "75-*"]),
    76: ("latest, numbers, and versions that are not there", SAME, [REST + "76-*"]),
    77: ("two simulators, and one of an unknown name", SAME, [REST + "77-*"]),
    78: ("stop sends simulators away", SAME, [REST + "78-*"]),
    79: ("resume", SAME, [REST + "79-*"]),
    80: ("delete while training",
         "it ends the training; one from a file must be stopped first", [REST + "80-*"]),
    # Found while checking
    100: ("a drop after a long healthy run", SAME, [REST + "100-*", "session-retry:/session/retry/*"]),
    102: ("multipart type without a body", SAME, [REST + "102-*"]),
    103: ("every error has a code and a message", SAME, [REST + "103-*"]),
    104: ("predictions of version None, 0 and latest", SAME, [REST + "104-*"]),
}
