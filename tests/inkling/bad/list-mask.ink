#! 6:14-27: error: 'mask' belongs in a mask function
#! 7:14-25: error: 'in' belongs in a mask function

inkling "2.0"

type A number<mask [1, 0]>
type B number<in [1, 0]>
