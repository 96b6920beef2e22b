#! 8:12-13: error: ';' has no meaning
#! hint: write ',' between parts, nothing behind a statement
#! 9:12-13: error: ';' has no meaning
#! hint: write ',' between parts, nothing behind a statement

inkling "2.0"

const A = 1;
const B = 2;
