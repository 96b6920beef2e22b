#! 8:12-13: error: ';' has no meaning
#! hint: remove it
#! 9:12-13: error: ';' has no meaning
#! hint: remove it

inkling "2.0"

const A = 1;
const B = 2;
