inkling "2.0"

type State {
  a: Number.Int8<-128 .. 127>,
  b: Number.Int16<-32768 .. 32767>,
  c: Number.Int32<-2147483648 .. 2147483647>,
  d: Number.Int64<-9223372036854775808 .. 9007199254740993>,
  e: Number.UInt8<0 .. 255>,
  f: Number.UInt16<0 .. 65535>,
  g: Number.UInt32<0 .. 4294967295>,
  h: Number.UInt64<0 .. 9007199254740992>,
  i: Number.Bool<0 .. 1>,
  j: Number.Float32<-3.4e38 .. 3.4e38>,
}
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
