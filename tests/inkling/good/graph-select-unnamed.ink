inkling "2.0"

# What is selected need not be among the inputs in a concept's head.
type Pond { level: number, inflow: number }
type Gate { open: number<0 .. 1> }
simulator Weir(gate: Gate): Pond { }

function Hold(pond: Pond): Gate { return { open: 0 } }

graph (pond: Pond): Gate {
  concept Closed(pond): Gate { programmed Hold }
  concept Flood(pond): Gate { curriculum { source Weir } }
  output concept Keeper(pond): Gate {
    select Closed
    select Flood
    curriculum {
      source Weir
      goal (pond: Pond) { drive Level: pond.level in Goal.Range(1, 2) }
    }
  }
}
