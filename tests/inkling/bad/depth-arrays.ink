#! 5:35-38: error: structs and arrays are more than 32 deep in one another

inkling "2.0"

type A number[1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1]
