#! 5:1-8: error: 'inkling' must come before everything else, and once

inkling "2.0"
using Math
inkling "2.0"
