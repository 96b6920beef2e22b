#! 6:11-21: error: regions such as 'Goal.Range' belong in goals

inkling "2.0"

using Goal
const A = Goal.Range(0, 1)
