inkling "2.0"

# Names that are words of the language, or hold anything at all.
type `My State` {
  input: number, state: number, action: number, config: number,
  type: number, const: number, graph: number, concept: number,
  number: number, string: number, terminal: number, reward: number,
  goal: number, mask: number, `in`: number, step: number, function: number,
  `a b`: number, `\`quoted\`\\`: number, größe: number, 物理: number,
  _x1: number, not_so: number, curriculum: number, lesson: number,
}
type Action { output: number }

simulator `the simulator`(input: Action): `My State` { }

graph (state: `My State`): Action {
  output concept `concept`(state): Action {
    curriculum {
      source `the simulator`
      lesson `Lesson 1: easy` { }
      lesson lesson { }
    }
  }
}
