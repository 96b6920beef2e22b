#! 6:11-47: error: 'constraint' belongs in a curriculum's mask function

inkling "2.0"

type T number<A = 0, B = 1>
const C = constraint T { x: number<mask [1]> }
