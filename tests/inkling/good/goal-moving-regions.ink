inkling "2.0"

using Goal

# A tank that is filled to a mark which is set anew for each episode.
type State {
  level: number,
  mark: number,
  drift: number,
  edges: number[2]
}
type Action { valve: number<0 .. 1> }
type Config { mark: number<2 .. 8 step 0.5> }

simulator Tank(action: Action, config: Config): State { }

const Slack = 0.25

function Half(x: number): number { return x / 2 }

function Window(s: State) { return [[s.edges[0], s.edges[1]], [-1, Half(s.mark)]] }

graph (input: State): Action {
  concept Fill(input): Action {
    curriculum {
      source Tank
      goal (s: State, a: Action) {
        drive AtMark: s.level
          in Goal.Range(s.mark - Slack, # not below this
                        s.mark + Slack) within 10
        drive Near weight 2: s.level in Goal.Sphere(s.mark, 2 * Slack)
        avoid Above: s.level in Goal.RangeAbove(Half(20))
        minimize Open: a.valve in Goal.RangeBelow(s.mark / 10)
        maximize Fill: s.level in Goal.Range(s.mark, 10)
        reach Inside: [s.level, s.drift] in Goal.Box(Window(s))
        reach Pairs: [s.level, s.drift] in Goal.Box([s.edges[0], s.edges[1]], [0, 1])
        drive Both: [s.level, s.drift] in Goal.Sphere([s.mark, 0], a.valve)
        # Known beforehand, whatever else there is.
        drive Fixed: s.drift in Goal.Range(-Slack * 2, Slack * 2)
      }
    }
  }
}
