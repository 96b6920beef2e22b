#! 9:48-53: error: expected ':' after the simulator's parameters, found 'State'
#! hint: say what its state is, as in simulator Name(action: Action): State
#! 10:11-12: error: expected the simulator's name, found '('
#! 11:36-40: error: expected the package's name in quotes, found 'Cart'
#! 13:1-5: error: expected '{' after the simulator's state, found 'type'

inkling "2.0"

simulator Cart(action: Action, config: Config) State { }
simulator (a: A): S { }
simulator Other(a: A): S { package Cart }
simulator Third(a: A): S
type A { x: number }
