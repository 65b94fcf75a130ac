package cli

import "asof/ui/present"

// table is a listing in aligned columns, through the pager where a person reads it.
type table struct{ *present.Table }

// table starts a listing. A head that begins with > is of a column of numbers.
func (a *app) table(heads ...string) *table {
	a.page()
	columns := make([]present.Column, len(heads))
	for i, head := range heads {
		if len(head) > 0 && head[0] == '>' {
			columns[i].Right, head = true, head[1:]
		}
		columns[i].Head = present.Text(head)
	}
	return &table{present.NewTable(a.out, 0, columns...)}
}

// row adds a row of texts as the log has them.
func (t *table) row(cells ...string) error {
	row := make([]present.Safe, len(cells))
	for i, c := range cells {
		row[i] = present.Text(c)
	}
	return t.Row(row...)
}

// close prints what is left.
func (t *table) close() error { return t.Close() }
