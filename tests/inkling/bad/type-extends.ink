#! 11:16-17: error: only a struct extends a struct
#! hint: narrow other types with a constraint, as in type Small Big<0 .. 1>
#! 13:20-21: error: there are two fields 'x'
#! 14:18-32: error: only a struct extends a struct
#! hint: narrow other types with a constraint, as in type Small Big<0 .. 1>
#! 15:16-19: error: there is no type 'Cee'

inkling "2.0"

type A number
type B extends A { x: number }
type C { x: number }
type D extends C { x: number }
type E extends C number<0 .. 1>
type F extends Cee { y: number }
