#! 18:15-20: error: expected 'avoid', 'reach', 'drive', 'minimize' or 'maximize', found 'raise'
#! 26:14-18: error: expected 'avoid', 'reach', 'drive', 'minimize' or 'maximize', found 'hive'
#! 34:20-21: error: expected a value, found ':'
#! hint: write it as in drive Middle weight 2: ...
#! 42:27-31: error: expected 'in' and a region, found 'hive'
#! hint: write it as in drive Middle: state.x in Goal.Range(-1, 1)
#! 50:57-59: error: expected 'avoid', 'reach', 'drive', 'minimize' or 'maximize', found 'do'
#! hint: what ends an episode is an objective, as in reach End: state.time in Goal.RangeAbove(100)
inkling "2.0"
type Hive { bees: number, honey: number }
type Keeper { feed: number<0 .. 1> }
simulator Apiary(keeper: Keeper): Hive { }
graph (input: Hive): Keeper {
  concept A(input): Keeper {
    curriculum {
      source Apiary
      goal (hive: Hive) {
        Much: raise hive.honey in Goal.RangeAbove(20)
      }
    }
  }
  concept B(input): Keeper {
    curriculum {
      source Apiary
      goal (hive: Hive) {
        Few: hive.bees in Goal.RangeBelow(10)
      }
    }
  }
  concept C(input): Keeper {
    curriculum {
      source Apiary
      goal (hive: Hive) {
        Most weight: minimize hive.bees in Goal.RangeBelow(10)
      }
    }
  }
  concept D(input): Keeper {
    curriculum {
      source Apiary
      goal (hive: Hive) {
        Same: drive drive hive.bees in Goal.RangeBelow(10)
      }
    }
  }
  concept E(input): Keeper {
    curriculum {
      source Apiary
      goal (hive: Hive) {
        Many: maximize hive.bees in Goal.RangeAbove(20) do (Many) until hive.bees > 3
      }
    }
  }
}
