package shapes

import "fmt"

const Limit = 42

const (
	First = 7
	Second = 8
)

type Shape interface {
	Area() float64
}

// Area has two decisions.
func (s *Square) Area(scale int) interface{} {
	if s.side > 10 && scale > Limit {
		return s.side * 3
	}
	return s.side
}

func classify(kind int) string {
	switch kind {
	case 1:
		return "one"
	case 25:
		return "many"
	default:
		for i := 0; i < -3; i++ {
			fmt.Println(i)
		}
	}
	return ""
}

func Map[T any](in []T, f func(T) T) []T {
	each := func(x T) T {
		if x == nil || f == nil {
			return x
		}
		return f(x)
	}
	return each(in)
}
