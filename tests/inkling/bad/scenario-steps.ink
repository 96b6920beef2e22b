#! 18:43-58: error: 'loaves' goes beyond the config: number<9 .. 11> is not within number<0 .. 40 step 4>
#! 19:42-58: error: 'loaves' goes beyond the config: number<38 .. 42> is not within number<0 .. 40 step 4>
#! 20:39-60: error: 'loaves' goes beyond the config: number<1 .. 9 step 2> is not within number<0 .. 40 step 4>
#! 21:40-54: error: 'size' goes beyond the config: number<1 .. 4> is not within number<1, 2, 4>

inkling "2.0"

type Oven { heat: number, bread: number }
type Burner { gas: number<0 .. 1> }
type Batch { loaves: number<0 .. 40 step 4>, size: number<1, 2, 4> }

simulator Bakery(burner: Burner, batch: Batch): Oven { }

graph (input: Oven): Burner {
  concept Bake(input): Burner {
    curriculum {
      source Bakery
      lesson Between { scenario { loaves: number<9 .. 11> } }
      lesson Beyond { scenario { loaves: number<38 .. 42> } }
      lesson Odd { scenario { loaves: number<1 .. 9 step 2> } }
      lesson Listed { scenario { size: number<1 .. 4> } }
    }
  }
}
