inkling "2.0"

# Objectives that begin with their names.
type Hive { bees: number, honey: number, `wax level`: number }
type Keeper { feed: number<0 .. 1> }
simulator Apiary(keeper: Keeper): Hive { }

graph (input: Hive): Keeper {
  concept Keep(input): Keeper {
    curriculum {
      source Apiary
      goal (hive: Hive) {
        `Much honey`: maximize hive.honey in Goal.RangeAbove(20)
        NoLoss weight 2:
          avoid hive.bees
          in Goal.RangeBelow(100)
        drive: drive hive.`wax level` in Goal.Range(1, 3) within 5
        reach weight: hive.honey in Goal.RangeAbove(30)
        drive reach: hive.bees in Goal.RangeAbove(500)
      }
    }
  }
}
