#! 6:17-19: error: unknown escape in a text
#! hint: write '\\' for a backslash

inkling "2.0"

const Path = "C:\data"
