package scan

// boxesJSON reports whether a JSON value is a text that begins as an object or a list does.
func boxesJSON(value []byte) bool {
	return len(value) > 3 && value[0] == '"' && (value[1] == '{' || value[1] == '[')
}

// holdsJSON reports whether a text is one JSON object or list.
func (s *Scanner) holdsJSON(text string) bool {
	if text == "" || text[0] != '{' && text[0] != '[' {
		return false
	}
	end, err := s.Scan([]byte(text), 0)
	return err == nil && space([]byte(text), end) == len(text)
}

// jsonTexts counts the texts that are JSON objects or lists.
func (c *Column) jsonTexts() int {
	var s Scanner
	n := 0
	for _, cell := range c.Cells {
		if cell.Kind == String && s.holdsJSON(cell.Text) {
			n++
		}
	}
	return n
}
