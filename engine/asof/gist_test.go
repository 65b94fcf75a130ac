package asof

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"asof/engine/value"

	"pgregory.net/rapid"
)

// The gist of a frame has its keys, and covers all that the frame writes.
func TestGistsCoverTheirFrames(t *testing.T) {
	log, p, _, pristine := damageWorld(t)
	ctx, dir := context.Background(), t.TempDir()
	if err := os.WriteFile(Path(dir, p.Identity()), pristine, 0o600); err != nil {
		t.Fatal(err)
	}
	ix, err := Open(ctx, dir, log, p, damageShape)
	if err != nil {
		t.Fatal(err)
	}
	defer ix.Close()
	checked := 0
	err = ix.look(ctx, func(r *reader) error {
		for i, e := range r.extents {
			for n := range e.parts {
				p, err := r.part(i, n)
				if err != nil {
					return err
				}
				c := gistCheck{t: t, r: r, p: p, parts: e.parts}
				if err := c.part(); err != nil {
					return err
				}
				checked += c.values
			}
		}
		return nil
	})
	if err != nil || checked < 1000 {
		t.Error(err, checked)
	}
}

// gistCheck reads all that the frames of a part write.
type gistCheck struct {
	t      *testing.T
	r      *reader
	p      *part
	parts  uint32
	known  map[value.Pointer]*skips
	frame  int
	values int
}

func (c *gistCheck) part() error {
	c.known = map[value.Pointer]*skips{}
	for c.frame = range c.p.frames {
		text, err := c.p.frame(c.frame, nil)
		if err != nil {
			return err
		}
		var keys []uint32
		for len(text) > 0 {
			var g group
			if g, text, err = nextGroup(text); err != nil {
				return err
			}
			if g.id >= firstRow {
				continue
			}
			keys = append(keys, g.id)
			if err := c.group(g); err != nil {
				return err
			}
		}
		if s := c.of(""); !slices.Equal(s.keys[s.starts[c.frame]:s.starts[c.frame+1]], keys) {
			c.t.Errorf("segment at %d, frame %d: keys are not %v", c.p.first, c.frame, keys)
		}
	}
	return nil
}

func (c *gistCheck) of(path value.Pointer) *skips {
	if c.known[path] == nil {
		s, err := newSkips(c.r, c.p, c.parts, []value.Pointer{path})
		if err != nil {
			c.t.Fatal(err)
		}
		c.known[path] = s
	}
	return c.known[path]
}

func (c *gistCheck) group(g group) error {
	list := entries{part: c.p, src: g.entries, pos: c.p.first - 1}
	for !list.done() {
		e, err := list.next()
		if err != nil {
			return err
		}
		for range e.writes {
			w, err := list.write()
			if err != nil {
				return err
			}
			path, err := c.p.pathText(w.path)
			if err != nil {
				return err
			}
			switch w.code {
			case codeSame, codeIdentical, codeTail: // of a tail, only the end is there
			case codeRemove:
				c.covers(value.Pointer(path), nil)
			default:
				n, err := value.DecodeValue(w.body, c.r.layout.names)
				if err != nil {
					return err
				}
				c.covers(value.Pointer(path), n)
			}
		}
	}
	return nil
}

// covers checks that the frame's gist has a value and all that is in it.
func (c *gistCheck) covers(path value.Pointer, n *value.Node) {
	c.values++
	s := c.of(path).frame(c.frame, path)
	ok := s.Partly || s.Count > 0 && s.Kinds>>n.Kind()&1 != 0
	switch n.Kind() {
	case value.Number:
		lo, hi := bounds(n.Text())
		ok = ok && (s.Partly || s.Min <= hi && lo <= s.Max)
	case value.String:
		ok = ok && (s.Partly || s.Texts.May(n.Text()))
	case value.Object:
		for name, v := range n.Members() {
			c.covers(path+"/"+value.Pointer(appendToken(nil, name)), v)
		}
	case value.Array:
		for i, v := range n.Items() {
			c.covers(path+value.Pointer(fmt.Sprint("/", i)), v)
		}
	}
	if !ok {
		c.t.Errorf("segment at %d, frame %d: %q is not covered at %s: %+v", c.p.first, c.frame, n.Text(), path, s)
	}
}

// The bounds of a gist hold every number that was noted.
func TestGistsBoundTheirNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.OneOf(
			rapid.StringMatching(`-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?`),
			rapid.StringMatching(`-?[1-9](\.[0-9]{1,25})?e-?[0-9]{1,3}`),
		), 1, 6).Draw(t, "numbers")
		table := newPathTable()
		for _, text := range texts {
			table.note(table.entry("/n", func() uint64 { return 1 }), value.Number, text)
		}
		table.endFrame(0)
		g, err := openGists(unsealed(table.encode([]byte{0}, 1, 100)))
		if err != nil {
			t.Fatal(err)
		}
		all, err := g.stats("/n")
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			f, _ := strconv.ParseFloat(text, 64)
			lo, hi := math.Nextafter(f, math.Inf(-1)), math.Nextafter(f, math.Inf(1))
			if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
				lo, hi = f, f
			}
			if !(all[0].Min <= lo && hi <= all[0].Max) {
				t.Fatalf("%s is not within %v … %v", text, all[0].Min, all[0].Max)
			}
		}
	})
}

// unsealed is a value without the room for its seal.
func unsealed(v []byte) []byte { return v[len(newValue(0)):] }

// What is left out of the gists of a part is not taken for what was not written.
func TestGistsSayWhatTheyLeaveOut(t *testing.T) {
	table := newPathTable()
	for i := range 2000 {
		table.note(table.entry(fmt.Sprintf("/often/%d", i), func() uint64 { return 1 }), value.Bool, "")
		table.note(table.entry(fmt.Sprintf("/often/%d", i), func() uint64 { return 1 }), value.Bool, "")
	}
	table.note(table.entry("/rare", func() uint64 { return 1 }), value.Bool, "")
	table.endFrame(0)
	g, err := openGists(unsealed(table.encode(binary.AppendUvarint(nil, 0), 1, 100)))
	if err != nil {
		t.Fatal(err)
	}
	for path, known := range map[value.Pointer]bool{"/often/0": true, "/rare": false, "/never": false} {
		if all, err := g.stats(path); err != nil || (all != nil) != known {
			t.Error(path, all, err)
		}
	}
}
