package present

import (
	"fmt"
	"math"
	"strconv"

	"asof/engine/event"
)

type integer interface {
	~int | ~int64 | ~uint64 | ~uint32 | ~int32
}

// Count is n with thousands separators: 48,212.
func Count[T integer](n T) Safe {
	digits := fmt.Sprint(n)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	out := make([]byte, 0, len(digits)+len(digits)/3+1)
	out = append(out, sign...)
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out = append(out, ',')
		}
		out = append(out, digits[i])
	}
	return Safe(out)
}

// Counted is a count with its noun: 1 event, 2 events. The plural is the noun with an s.
func Counted[T integer](n T, noun Safe) Safe {
	if n == 1 {
		return "1 " + noun
	}
	return Count(n) + " " + noun + "s"
}

// Position is a position with thousands separators.
func Position(p event.Position) Safe { return Count(p) }

// Percent is part of whole: 65.1 %. It is never rounded up, so that 100 % means all.
func Percent(part, whole uint64) Safe {
	if whole == 0 {
		return "0.0 %"
	}
	if part >= whole {
		return "100 %"
	}
	tenths := math.Floor(float64(part) / float64(whole) * 1000)
	return Safe(strconv.FormatFloat(min(tenths, 999)/10, 'f', 1, 64) + " %")
}

// Bytes is a size in binary units: 12.4 MiB.
func Bytes(n uint64) Safe {
	if n < 1024 {
		return Safe(strconv.FormatUint(n, 10) + " B")
	}
	size, unit := float64(n)/1024, 0
	for size >= 1023.95 && unit < 5 {
		size, unit = size/1024, unit+1
	}
	return Safe(strconv.FormatFloat(size, 'f', 1, 64) + " " + "KMGTPE"[unit:unit+1] + "iB")
}
