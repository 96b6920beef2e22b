#! 10:22-23: error: the type of which these are the values is missing
#! hint: write 'number' before it, as in number<0 .. 10>
#! 10:44-45: error: the type of which these are the values is missing
#! hint: write 'number' before it, as in number<0 .. 10>
#! 11:20-21: error: the type of which these are the values is missing
#! hint: write 'number' before it, as in number<0 .. 10>
#! 14:79-80: error: the type of which these are the values is missing
#! hint: write 'number' before it, as in number<0 .. 10>
inkling "2.0"
type Photo { pixels: <0 .. 255>[3][3], on: <0, 1>, off: number<0, 1> }
type Lamp { power: <Off = 0, On = 1> }
simulator Camera(lamp: Lamp): Photo { }
graph (input: Photo): Lamp {
  concept Shine(input): Lamp { curriculum { source Camera lesson A { scenario <1, 2> } } }
}
