inkling "2.0"

# Two ways to run three saws; the one that is learned last knows of two only.
type Yard { logs: number, broken: number<0, 1> }
type Saws { speed: number<0 .. 9>, blade: number<0 .. 1>, third: number<0 .. 9> }
type Two { speed: number<0 .. 9>, blade: number<0 .. 1> }
simulator Mill(saws: Saws): Yard { }

function WithoutThird(two: Two): Saws {
  return { speed: two.speed, blade: two.blade, third: 0 }
}

graph (yard: Yard): Saws {
  concept All(yard): Saws { curriculum { source Mill } }
  concept Pair(yard): Two {
    curriculum {
      source Mill
      action WithoutThird
    }
  }
  output concept Either(yard, All, Pair): Saws {
    programmed function choose(yard: Yard, all: Saws, two: Two): Saws
    {
      if yard.broken == 1
      {
        return WithoutThird(two)
      } else
      {
        return all
      }
    }
  }
}
