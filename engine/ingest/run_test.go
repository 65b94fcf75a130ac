package ingest

import (
	"strings"
	"testing"
)

func TestOrders(t *testing.T) {
	for _, c := range []struct {
		name, text, order, want string
		by                      string
	}{
		{"a file in order stays", "a s 1\nb s 2\nc s 2\nd s 9\n", "", "a b c d", "file"},
		{"cases one after another go by time", "a s 100\nb s 200\nc u 110\nd u 190\n", "", "a c d b", "time"},
		{"a stream that runs backwards keeps the file", "a s 100\nb s 200\nc s 110\nd u 120\n", "", "a b c d", "file"},
		{"newest first is turned round", "a s 400\nb s 300\nc s 200\nd s 200\n", "", "d c b a", "file"},
		{"newest first with one inversion", "a s 900\nb s 800\nc s 700\nd s 600\ne s 500\nf s 400\ng u 300\nh v 330\ni s 200\nj s 100\nk s 90\nl s 80\n", "", "l k j i g h f e d c b a", "time"},
		{"small inversions keep the file", "a s 1000\nb u 2000\nc v 1995\nd s 3000\n", "", "a b c d", "file"},
		{"an untimed record goes with its predecessor", "a s 100\nb s 200\nx u -\nc u 110\ny u -\nd u 190\n", "", "a c y d b x", "time"},
		{"asked for by file", "a s 100\nb s 200\nc u 110\n", "file", "a b c", "file"},
		{"asked for by time", "a s 100\nb s 200\nc s 110\n", "time", "a c b", "time"},
		{"numbered records", "#3 c s 1\n#1 a s 5\n#2 b s 3\n", "", "a b c", "sequence"},
		{"numbered newest first", "#3 c s 1\n#2 b s 5\n#1 a s 3\n", "", "a b c", "sequence"},
		{"no times at all", "b s -\na s -\n", "", "b a", "file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := config()
			cfg.Order = c.order
			log := &memoryLog{}
			res := log.load(t, cfg, put(t, t.TempDir(), "x.log", c.text))
			wantIDs(t, log.order(), c.want)
			if by := res.Sources[0].Order.By; by != c.by {
				t.Errorf("order %s (%s), want %s", by, res.Sources[0].Order.Why, c.by)
			}
		})
	}
}

func TestMergeGoesByRunningHighest(t *testing.T) {
	for _, c := range []struct{ name, a, b, want string }{
		{"by time", "a1 s 1\na2 s 5\n", "b1 u 2\nb2 u 6\n", "a1 b1 a2 b2"},
		{"ties by file", "a1 s 1\na2 s 1\n", "b1 u 1\n", "a1 a2 b1"},
		{"a file keeps its order", "a1 s 1000\na2 s 5000\na3 s 4990\na4 s 9000\n", "b1 u 4995\nb2 u 5000\n", "a1 b1 a2 a3 b2 a4"},
		{"untimed goes with its predecessor", "a1 s 1\nax s -\na2 s 9\n", "b1 u 2\n", "a1 ax b1 a2"},
		{"rejected lines do not stop it", "a1 s 1\n!\na2 s 9\n", "b1 u 2\n!\n", "a1 b1 a2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, "a.log", c.a)
			put(t, dir, "b.log", c.b)
			for _, memory := range []int64{0, 1} {
				cfg := config()
				cfg.Memory = memory
				log := &memoryLog{}
				log.load(t, cfg, dir)
				wantIDs(t, log.order(), c.want)
			}
		})
	}
}

func TestRecordsAreAcceptedPlusRejected(t *testing.T) {
	log := &memoryLog{}
	path := put(t, t.TempDir(), "x.log", "a s 1\n\n! bad\nb s 2\nbad")
	res := log.load(t, config(), path)
	if res.Records != 4 || res.Rejected != 2 || res.Events != 2 {
		t.Errorf("got %+v", res)
	}
	if r := log.saved.rejected[0]; r.Line != 3 || r.Offset != 7 || string(r.Bytes) != "! bad" || r.Reason == "" || r.Source != 1 {
		t.Errorf("rejected %+v", r)
	}
}

func TestImportTwiceAddsNothing(t *testing.T) {
	for _, text := range []string{"a s 1\nb s 2\n", "a s 1\nb s 2", "", "a s 5\nb s 1\n", "doc s 1\nb s 2\n", pack("a s 1\nb s 2\n"), "a s 1\nhalf", "\xef\xbb\xbfa s 1\n\n\n"} {
		log := &memoryLog{}
		path := put(t, t.TempDir(), "x.log", text)
		log.load(t, config(), path)
		root := log.root()
		res := log.load(t, config(), path)
		if res.Records != 0 || res.Events != 0 || log.root() != root || !res.Sources[0].Unchanged {
			t.Errorf("%q: second import %+v", text, res)
		}
	}
}

func TestGrownFile(t *testing.T) {
	for _, c := range []struct{ name, before, more, want string }{
		{"whole lines", "a s 1\nb s 2\n", "c s 3\n", "a b c"},
		{"the last line had no end, but was whole", "a s 1\nb s 2", "\nc s 3\n", "a b c"},
		{"the last line was cut", "a s 1\nb s", " 2\nc s 3\n", "a b c"},
		{"from nothing", "", "a s 1\n", "a"},
		{"a byte order mark", "\xef\xbb\xbfa s 1\n", "b s 2\n", "a b"},
		{"a document", "doc s 1\n", "b s 2\n", "doc b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			log := &memoryLog{}
			path := put(t, t.TempDir(), "x.log", c.before)
			log.load(t, config(), path)
			appendTo(t, path, c.more)
			res := log.load(t, config(), path)
			wantIDs(t, log.order(), c.want)
			if log.reasons() != 0 || res.Late != 0 {
				t.Errorf("%d rejected, %d late", log.reasons(), res.Late)
			}
			row := log.saved.rows[0]
			if row.Rejected != 0 || row.Records != uint64(len(strings.Fields(c.want))) {
				t.Errorf("row: %d records, %d rejected", row.Records, row.Rejected)
			}
		})
	}
}
