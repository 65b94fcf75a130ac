package csv

import (
	"asof/importers/scan"
)

// kindOf says what a cell is by the package's rule.
func kindOf(text string) scan.Kind {
	if text == "" {
		return scan.String
	}
	switch c := text[0]; {
	case c == '-' || c >= '0' && c <= '9':
		if scan.IsNumber(text) {
			return scan.Number
		}
	case text == "true", text == "false":
		return scan.Bool
	case c == '{' || c == '[':
		if scan.Valid([]byte(text)) {
			return scan.Kind(c)
		}
	}
	return scan.String
}

// cellOf is a cell for a sample.
func cellOf(row []byte, cell scan.Field) scan.Cell {
	if cell.IsNull(row) {
		return scan.Cell{Kind: scan.Null}
	}
	text := cell.Text(row)
	return scan.Cell{Kind: kindOf(text), Text: text}
}

// appendValue appends a cell as JSON.
func appendValue(dst, row []byte, cell scan.Field) []byte {
	if cell.IsNull(row) {
		return append(dst, "null"...)
	}
	text := cell.Text(row)
	if kindOf(text) == scan.String {
		return appendText(dst, text)
	}
	return append(dst, text...)
}

// appendText appends a JSON string. Bytes that are not UTF-8 stay as they are, as in a JSON source.
func appendText(dst []byte, text string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, text[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(append(dst, text[from:]...), '"')
}
