package shrink

import (
	"context"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

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
			if !slices.IsSorted(keep) {
				t.Fatalf("not in order: %v", keep)
			}
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
		got, err := Shrink(ctx, all, func(i int) int { return i % 5 }, fails, nil)
		if err != nil {
			t.Fatal(err)
		}
		if failing, _ := fails(ctx, got); !failing {
			t.Fatalf("%v does not fail", got)
		}
		for k := range got {
			if failing, _ := fails(ctx, slices.Delete(slices.Clone(got), k, k+1)); failing {
				t.Fatalf("%d can be left out of %v", got[k], got)
			}
		}
	})
}

func TestWhatIsLeftWhenItIsCancelledStillFails(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	trials := 0
	fails := func(_ context.Context, keep []int) (bool, error) {
		if trials++; trials == 5 {
			cancel()
		}
		return slices.Contains(keep, 7), nil
	}
	all := make([]int, 1000)
	for i := range all {
		all[i] = i
	}
	got, err := Shrink(ctx, all, func(int) int { return 0 }, fails, nil)
	if !errors.Is(err, context.Canceled) || !slices.Contains(got, 7) || len(got) == 1000 {
		t.Errorf("%d left, %v", len(got), err)
	}
}
