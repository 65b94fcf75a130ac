package eventlog

import (
	"crypto/sha256"
	"testing"
)

func TestHashersAgreeWithSHA256(t *testing.T) {
	if !statesAreSums {
		t.Error("sums are made the long way")
	}
	h := hashers.Get().(*hasher)
	defer hashers.Put(h)
	message := make([]byte, mostPadded+200)
	for i := range message {
		message[i] = byte(i * 7)
	}
	for n := range 300 {
		for _, text := range [][]byte{message[:n], message[n : mostPadded+n-100]} {
			if got, want := h.of(text), sha256.Sum256(text); got != want {
				t.Fatalf("of %d bytes: %x, want %x", len(text), got, want)
			}
		}
	}
}
