#! 11:14-22: error: a string has no range
#! hint: list its values, as in string<"low", "high">
#! 12:15-16: error: a number is no value of a string
#! 13:20-23: error: the value is there twice
#! 14:15-18: error: the values of a string have no names
#! 15:15-18: error: a text is no value of a number
#! hint: name numbers, as in number<Off = 0, On = 1>

inkling "2.0"

type A string<1 .. 2>
type B string<1, 2>
type C string<"a", "a">
type D string<Low = "a">
type E number<"a">
