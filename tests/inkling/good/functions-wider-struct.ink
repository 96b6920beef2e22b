inkling "2.0"

# A struct that is given more than its type has.
type Vat { heat: number, pressure: number, age: number }
type Seen { heat: number, pressure: number }
type Valve { steam: number<0 .. 1> }
simulator Boiler(valve: Valve): Vat { }

function Look(vat: Vat): Seen {
  return {
    heat: vat.heat / 100,
    age: vat.age,
    pressure: vat.pressure,
  }
}

graph (input: Seen): Valve {
  concept Boil(input): Valve {
    curriculum { source Boiler state Look }
  }
}
