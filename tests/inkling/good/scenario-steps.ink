inkling "2.0"

# Ranges without steps, over a config that has some.
type Oven { heat: number, bread: number }
type Burner { gas: number<0 .. 1> }
type Batch {
  loaves: number<0 .. 40 step 4>,
  room: number<15 .. 30 step 0.1>,
  shift: Number.Int32<1 .. 9 step 2>,
  salt: number<0 .. 1 step 0.3>
}

simulator Bakery(burner: Burner, batch: Batch): Oven { }

graph (input: Oven): Burner {
  concept Bake(input): Burner {
    curriculum {
      source Bakery
      lesson Easy {
        scenario {
          loaves: number<8 .. 16>,
          room: number<19.95 .. 20.3>,
          shift: number<2 .. 8.5>,
          salt: number<0.5 .. 1>
        }
      }
      lesson Hard { scenario { loaves: number<9 .. 15>, room: number<15 .. 30>, salt: number<0.8 .. 0.9> } }
    }
  }
}
