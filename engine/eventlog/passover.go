package eventlog

// pass passes over a column of n values, of which nothing is left.
func (y *untyping) pass(form byte, n int) (ok bool) {
	switch form {
	case typedText:
		y.text.bytes(y.forms.uint())
		return true
	case typedOne:
		y.ended()
		return true
	case typedSome:
		k := y.forms.uint()
		if ok = k <= mostSome && y.integers(n); ok {
			for range k {
				y.ended()
			}
		}
	case typedFigures:
		y.forms.figures()
		return y.integers(n)
	case typedMoments:
		y.forms.moments()
		return y.integers(n)
	case typedPacked, typedAgain:
		t, is := y.forms.template()
		return is && y.passPacked(t, n, form == typedAgain)
	}
	return ok
}

// passPacked passes over a packed column, and takes down where its texts are: others may refer to them.
func (y *untyping) passPacked(t template, n int, again bool) bool {
	if len(y.seen)+n > y.most { // none is shorter than its end
		return false
	}
	width, of := t.width(), bitsOf(len(y.seen)+n)
	size := passedText | uint32(len(y.over))
	y.over = append(y.over, t)
	seen, at := y.seen, y.bits.at
	for range n {
		if again {
			if at++; peekAt(y.bits.b, at-1)&1 != 0 {
				at += of
				continue
			}
		}
		seen = append(seen, packedText{uint32(at), size})
		at += width
	}
	y.seen, y.bits.at = seen, at
	return y.bits.end()
}

// passedOver appends a text that was passed over, with its end.
func (y *untyping) passedOver(out []byte, text packedText) []byte {
	t := &y.over[text.size&^passedText]
	out = append(out, t.text...)
	t.unpack(out[len(out)-len(t.text):], t.runs(), &bitReader{b: y.bits.b, at: int(text.from)})
	return out
}
