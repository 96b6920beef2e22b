#! 5:14-21: error: a value of the type would be more than 16777216 numbers

inkling "2.0"

type A number[10000][10000]
