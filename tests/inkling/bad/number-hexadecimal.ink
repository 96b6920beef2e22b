#! 5:11-15: error: numbers are decimal

inkling "2.0"

const N = 0xFF
