package script

import "go.starlark.net/syntax"

// namesAlone reports whether an expression reads state and before for their members' names or their length alone: in len(state),
// bool(state), state == None, state != None and not state, where state or {} may stand for state.
func namesAlone(x syntax.Expr) bool {
	alone, asked := true, false
	var walk func(n syntax.Node)
	walk = func(n syntax.Node) {
		switch x := n.(type) {
		case *syntax.LambdaExpr, *syntax.Comprehension: // they may give len another meaning
			alone = false
		case *syntax.CallExpr:
			fn, ok := x.Fn.(*syntax.Ident)
			if ok && (fn.Name == "len" || fn.Name == "bool") && len(x.Args) == 1 && isDocument(x.Args[0]) {
				asked = true
				return
			}
		case *syntax.UnaryExpr:
			if x.Op == syntax.NOT && isDocument(x.X) {
				asked = true
				return
			}
		case *syntax.BinaryExpr:
			if (x.Op == syntax.EQL || x.Op == syntax.NEQ) && isNone(x.Y) && isDocument(x.X) {
				asked = true
				return
			}
		case *syntax.Ident:
			alone = alone && x.Name != "state" && x.Name != "before"
		}
		below(n, walk)
	}
	walk(x)
	return alone && asked
}

// isDocument reports whether an expression is state or before, or that or an empty object.
func isDocument(x syntax.Expr) bool {
	switch x := x.(type) {
	case *syntax.ParenExpr:
		return isDocument(x.X)
	case *syntax.Ident:
		return x.Name == "state" || x.Name == "before"
	case *syntax.BinaryExpr:
		empty, ok := x.Y.(*syntax.DictExpr)
		return ok && len(empty.List) == 0 && x.Op == syntax.OR && isDocument(x.X)
	}
	return false
}

func isNone(x syntax.Expr) bool {
	id, ok := x.(*syntax.Ident)
	return ok && id.Name == "None"
}
