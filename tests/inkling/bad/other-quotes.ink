#! 10:11-12: error: a text is quoted with "
#! hint: write "text"
#! 11:11-12: error: a text is quoted with "
#! hint: this is a typographic quotation mark
#! 12:13-14: error: this is no minus sign
#! hint: write '-'

inkling "2.0"

const A = 'cart'
const B = “cart”
const C = 5 − 3
