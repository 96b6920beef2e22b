#! 22:17-23: error: there is no function 'number'
#! hint: write a range as in number<0 .. 10>
#! 22:34-40: error: there is no constant 'number'
#! hint: write a kind of number as in Number.Int8
#! 22:50-54: error: there is no type 'bool'
#! hint: write 'Number.Bool'
#! 22:59-64: error: there is no type 'float'
#! hint: write 'number', or 'Number.Float32'
#! 22:69-72: error: there is no type 'int'
#! hint: write 'Number.Int32'
#! 22:77-81: error: there is no type 'Bool'
#! hint: write 'Number.Bool'
#! 23:33-37: error: there is no constant 'Left'
#! hint: give each name a value, as in number<Off = 0, On = 1>
#! 23:60-65: error: a text is no value of a number
#! hint: name numbers, as in number<Off = 0, On = 1>
#! 25:13-17: error: there is no constant 'True'
#! hint: write 'true'
#! 31:37-42: error: there is no type 'False'
#! hint: write 'false'
inkling "2.0"
type State { a: number(0, 1), b: number.Bool, c: bool, d: float, e: int, f: Bool }
type Action { turn: Number.Int8<Left, Right>, gear: number<"low", "high"> }
type Config { seed: number }
const Yes = True
simulator Cart(action: Action, config: Config): State { }
graph (input: { x: number }): { y: number } {
  concept Drive(input) {
    curriculum {
      source Cart
      lesson One { scenario { seed: False } }
    }
  }
}
