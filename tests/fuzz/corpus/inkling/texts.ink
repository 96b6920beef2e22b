inkling "2.0"

const Track = "oval"
type State { x: number, weather: string<"sun", "rain">, note: string, other: String }
type Action { y: number }
type Config { track: string, tyre: string<"soft", "hard\n\t\"\\">, label: Track }

simulator Car(action: Action, config: Config): State { package "registry/car:1" }

graph (input: { x: number, weather: string<"rain", "sun"> }): Action {
  concept Drive(input): Action {
    curriculum {
      source Car
      lesson One { scenario { track: Track, tyre: "soft" } }
      lesson Two { scenario { track: string<"oval", "road">, tyre: string } }
    }
  }
}
