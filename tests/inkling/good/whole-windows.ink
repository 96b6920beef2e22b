inkling "2.0"

using Math
	using Goal
# Windows file
type S {
	x : number < -1 .. 1 > ,	# tabs
	y	:	number<0..10 step 2>,
	z: Number . Int8,
}
type A { u: number<-1..1 step .5> , }
type C { kind: string<"a","b",> , k: number<.1 .. 1.0>, t: number<1,2,> }
simulator
  Sim(action:A,config:C):S
{
 package	"Sim"
}
graph(input:S):A{concept K(input):A{curriculum{source Sim goal(s:S){drive`to 0`:s.x in Goal.Range(-.1,.1)within 5}lesson`one`{scenario{kind:"a",k:.5,t:1}training{EpisodeIterationLimit:10,}}}}}
