#! 44:11-14: error: more than 32 learned concepts

inkling "2.0"

type State { position: number, speed: number }
type Action { push: number<-1 .. 1> }
type Gear { gear: number<Low = 0, High = 1> }
simulator Cart(action: Action): State { }
simulator Box(action: Gear): State { }

graph (input: State): Action {
  concept C0(input): Action { curriculum { source Cart } }
  concept C1(input, C0): Action { curriculum { source Cart } }
  concept C2(input, C1): Action { curriculum { source Cart } }
  concept C3(input, C2): Action { curriculum { source Cart } }
  concept C4(input, C3): Action { curriculum { source Cart } }
  concept C5(input, C4): Action { curriculum { source Cart } }
  concept C6(input, C5): Action { curriculum { source Cart } }
  concept C7(input, C6): Action { curriculum { source Cart } }
  concept C8(input, C7): Action { curriculum { source Cart } }
  concept C9(input, C8): Action { curriculum { source Cart } }
  concept C10(input, C9): Action { curriculum { source Cart } }
  concept C11(input, C10): Action { curriculum { source Cart } }
  concept C12(input, C11): Action { curriculum { source Cart } }
  concept C13(input, C12): Action { curriculum { source Cart } }
  concept C14(input, C13): Action { curriculum { source Cart } }
  concept C15(input, C14): Action { curriculum { source Cart } }
  concept C16(input, C15): Action { curriculum { source Cart } }
  concept C17(input, C16): Action { curriculum { source Cart } }
  concept C18(input, C17): Action { curriculum { source Cart } }
  concept C19(input, C18): Action { curriculum { source Cart } }
  concept C20(input, C19): Action { curriculum { source Cart } }
  concept C21(input, C20): Action { curriculum { source Cart } }
  concept C22(input, C21): Action { curriculum { source Cart } }
  concept C23(input, C22): Action { curriculum { source Cart } }
  concept C24(input, C23): Action { curriculum { source Cart } }
  concept C25(input, C24): Action { curriculum { source Cart } }
  concept C26(input, C25): Action { curriculum { source Cart } }
  concept C27(input, C26): Action { curriculum { source Cart } }
  concept C28(input, C27): Action { curriculum { source Cart } }
  concept C29(input, C28): Action { curriculum { source Cart } }
  concept C30(input, C29): Action { curriculum { source Cart } }
  concept C31(input, C30): Action { curriculum { source Cart } }
  concept C32(input, C31): Action { curriculum { source Cart } }
  output C32
}
