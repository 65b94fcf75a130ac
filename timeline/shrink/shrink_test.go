package shrink

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// asked is a test of a function, which checks what it is told.
type asked struct {
	fails func(ctx context.Context, keep []int) (bool, error)
	fixed []int
	wrong string
}

func (a *asked) Begin() { a.fixed = nil }

func (a *asked) Fails(ctx context.Context, keep []int, fixed int) (int, error) {
	if !slices.IsSorted(keep) || fixed < len(a.fixed) || fixed > len(keep) || !slices.Equal(keep[:len(a.fixed)], a.fixed) {
		a.wrong = fmt.Sprintf("%v, of which %d are fixed after %v", keep, fixed, a.fixed)
	}
	a.fixed = slices.Clone(keep[:fixed])
	for n := range keep {
		if failing, err := a.fails(ctx, keep[:n+1]); failing || err != nil {
			return n + 1, err
		}
	}
	return 0, nil
}

// TestNoSingleThingCanBeLeftOut tries failures that are not monotone: some things are needed, some only where others are, and
// some spoil the failure.
func TestNoSingleThingCanBeLeftOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "things")
		needed := rapid.SliceOfDistinct(rapid.IntRange(0, n-1), func(i int) int { return i }).Draw(t, "needed")
		pair := [2]int{rapid.IntRange(0, n-1).Draw(t, "if"), rapid.IntRange(0, n-1).Draw(t, "then")}
		count := rapid.IntRange(0, n).Draw(t, "count")
		odd := rapid.Bool().Draw(t, "odd")
		fails := func(_ context.Context, keep []int) (bool, error) {
			for _, i := range needed {
				if !slices.Contains(keep, i) {
					return false, nil
				}
			}
			if slices.Contains(keep, pair[0]) && !slices.Contains(keep, pair[1]) || odd && len(keep)%2 == 0 {
				return false, nil
			}
			return len(keep) >= count, nil
		}
		all := make([]int, n)
		for i := range all {
			all[i] = i
		}
		ctx := context.Background()
		if failing, _ := fails(ctx, all); !failing {
			t.Skip("it does not fail")
		}
		list := all
		for n := range all {
			if failing, _ := fails(ctx, all[:n+1]); failing {
				list = all[:n+1]
				break
			}
		}
		var got []int
		for _, workers := range []int{1, 3} {
			var tests []Test
			for range workers {
				tests = append(tests, &asked{fails: fails})
			}
			one, err := Shrink(ctx, list, func(i int) int { return i % 5 }, tests, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range tests {
				if wrong := a.(*asked).wrong; wrong != "" {
					t.Fatal(wrong)
				}
			}
			if workers > 1 && !slices.Equal(one, got) {
				t.Fatalf("%d tests leave %v, one leaves %v", workers, one, got)
			}
			got = one
		}
		if failing, _ := fails(ctx, got); !failing {
			t.Fatalf("%v does not fail", got)
		}
		for k := range got {
			without := slices.Delete(slices.Clone(got), k, k+1)
			for n := range without {
				if failing, _ := fails(ctx, without[:n+1]); failing {
					t.Fatalf("%d can be left out of %v", got[k], got)
				}
			}
		}
	})
}

func TestWhatIsLeftWhenItIsCancelledStillFails(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	trials := 0
	fails := func(_ context.Context, keep []int) (bool, error) {
		if len(keep) == 1 { // the beginning of a trial
			trials++
		}
		if trials == 5 {
			cancel()
		}
		return slices.Contains(keep, 7) && slices.Contains(keep, 900), nil
	}
	all := make([]int, 1000)
	for i := range all {
		all[i] = i
	}
	got, err := Shrink(ctx, all, func(int) int { return 0 }, []Test{&asked{fails: fails}}, nil)
	if !errors.Is(err, context.Canceled) || !slices.Contains(got, 7) || !slices.Contains(got, 900) || len(got) == 1000 {
		t.Errorf("%d left, %v", len(got), err)
	}
}
