inkling "2.0"
# Supply chain: order up to 4 products
type Product { stock: Number.Int32, demand: Number.Int32, price: number }
type State { products: Product[4], day: number<0 .. 365 step 1>, cash: number, weekday: string<"mon", "tue", "wed", "thu", "fri", "sat", "sun"> }
type Order number<0 .. 100 step 10>
type Action { orders: Order[4] }
type Config { demand_mean: number<1 .. 50>[4], cash: number<1000 .. 10000>, holiday: Number.Bool, name: string }

function Revenue(p: Product): number {
  var sold = Math.Min(p.stock, p.demand)
  return sold * p.price
}
using Math

graph (input: State): Action {
  concept Orders(input): Action {
    curriculum {
      source simulator Warehouse(Action: Action, Config: Config): State {}
      reward function (s: State, a: Action) {
        var total = 0
        total = total + Revenue(s.products[0])
        total = total + Revenue(s.products[1])
        total = total + Revenue(s.products[2])
        total = total + Revenue(s.products[3])
        var cost = a.orders[0] + a.orders[1] + a.orders[2] + a.orders[3]
        return total - 0.5 * cost
      }
      terminal function (s: State) { return s.cash <= 0 or s.day >= 364 }
      training {
        EpisodeIterationLimit: 365,
        TotalIterationLimit: 20000000,
        NoProgressIterationLimit: 1000000,
      }
      lesson Steady { scenario { demand_mean: number<10 .. 20>[4], cash: 5000, holiday: false, name: "steady" } }
      lesson Wild { scenario { demand_mean: number<1 .. 50>[4], cash: number<1000 .. 10000>, holiday: number<0, 1>, name: "wild" } }
    }
  }
}
