#! 3:85-86: error: expected the lesson's name, found the end of the file
inkling "2.0"
graph (input: { x: number }): { y: number } { concept C(input) { curriculum { lesson