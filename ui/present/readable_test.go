package present_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"asof/ui/present"
)

func TestReadable(t *testing.T) {
	for in, want := range map[string]string{
		`{"name":"M\u00fcller"}`:      `{"name":"Müller"}`,
		`"\u65e5\u672c \uD83D\ude00"`: `"日本 😀"`,
		`"a\\u00e9 \"\u00e9\""`:       `"a\\u00e9 \"é\""`,
		`"\u0041\u001b[31m\u0022"`:    `"\u0041\u001b[31m\u0022"`,
		`"\u202e\u200b\u0085"`:        `"\u202e\u200b\u0085"`,
		`"\ud83d \ude00 \ud83dx"`:     `"\ud83d \ude00 \ud83dx"`,
		`"\u00e`:                      `"\u00e`,
		`"\`:                          `"\`,
		`"\uzzzz\u+0e9"`:              `"\uzzzz\u+0e9"`,
		`plain`:                       `plain`,
	} {
		if got := present.Readable(in); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

// TestReadableIsTheSameJSON holds for all texts, however they are escaped.
func TestReadableIsTheSameJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune(`\u0e9"ab日😀é`+"\u202e\n")), 0, 30, -1).Draw(t, "text")
		src := []byte(`"`)
		for _, r := range text {
			unit, err := json.Marshal(string(r))
			if err != nil {
				t.Fatal(err)
			}
			src = append(src, unit[1:len(unit)-1]...)
		}
		src = append(src, rapid.SampledFrom([]string{``, `\u00e9`, `\ud83d\ude00`, `\\u00e9`, `\ud83d`}).Draw(t, "escape")+`"`...)
		var before, after any
		if err := json.Unmarshal(src, &before); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(present.Readable(string(src))), &after); err != nil || !reflect.DeepEqual(before, after) {
			t.Fatalf("%s became %s", src, present.Readable(string(src)))
		}
	})
}
