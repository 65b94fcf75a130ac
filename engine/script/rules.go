package script

import (
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/syntax"
)

// Rule is one named rule of a file of rules.
type Rule struct {
	Name      string
	Text      string // what the rule says for people: the function's first line of text; else how it is written
	Line      int
	Condition *Condition
}

// CompileRules reads a file of rules, in the order in which they stand there. A rule is something that is to hold at every event:
//
//	paid_in_full = "state.status != 'paid' or state.paid == state.total"
//
//	def never_below_zero(state, event):
//	    """the balance is never below zero"""
//	    return not state.balance < 0
//
// A function takes any of event, state, before, key and position, and returns True or False. Functions whose name begins with
// _ are no rules but may be called by them. Every error is an *Error with a place.
func CompileRules(name string, src []byte, options Options) (rules []Rule, err error) {
	defer recovered(name, &err)
	file, err := parse(name, src)
	if err != nil {
		return nil, err
	}
	var stmts []syntax.Stmt
	seen, usual := map[string]bool{}, usualNames(file)
	for _, stmt := range file.Stmts {
		rule, err := ruleOf(name, stmt, options)
		if err != nil {
			return nil, err
		}
		if rule == nil {
			stmts = append(stmts, stmt)
			continue
		}
		if _, ok := stmt.(*syntax.DefStmt); ok && !usual {
			rule.Condition.formula, rule.Condition.direct = &Formula{Op: "script"}, nil
		}
		if seen[rule.Name] {
			return nil, errorAt(syntax.Start(stmt), "give one of them another name", "there are two rules called %s", rule.Name)
		}
		seen[rule.Name] = true
		if _, ok := stmt.(*syntax.DefStmt); ok {
			stmts = append(stmts, stmt)
		}
		rules = append(rules, *rule)
	}
	if len(rules) == 0 {
		return nil, &Error{File: name, Line: 1, Col: 1, Msg: "there is no rule", Hint: `write name = "state.balance == None or state.balance >= 0", or def name(state): return …`}
	}
	file.Stmts = stmts
	p, err := compile(name, file, nil, options)
	if err != nil {
		return nil, err
	}
	for _, r := range rules {
		if r.Condition.p == nil {
			r.Condition.p = p
		}
	}
	return rules, nil
}

// usualNames reports whether every name of ours means in the file what it means in an expression.
func usualNames(file *syntax.File) bool {
	usual := true
	bind := func(x syntax.Node) {
		syntax.Walk(x, func(n syntax.Node) bool {
			if id, ok := n.(*syntax.Ident); ok {
				reserved := isBuiltin(id.Name) || slices.Contains(conditionNames[:], id.Name) || slices.Contains([]string{"None", "True", "False"}, id.Name)
				usual = usual && !reserved
			}
			return true
		})
	}
	for _, stmt := range file.Stmts {
		switch stmt := stmt.(type) {
		case *syntax.DefStmt:
			bind(stmt.Name)
		case *syntax.AssignStmt:
			bind(stmt.LHS)
		case *syntax.ExprStmt:
		default:
			return false
		}
	}
	return usual
}

// ruleOf is the rule that a statement states; nil if it states none.
func ruleOf(name string, stmt syntax.Stmt, options Options) (*Rule, error) {
	switch stmt := stmt.(type) {
	case *syntax.DefStmt:
		if strings.HasPrefix(stmt.Name.Name, "_") {
			return nil, nil
		}
		return functionRule(stmt)
	case *syntax.AssignStmt:
		id, ok := stmt.LHS.(*syntax.Ident)
		lit, text := stmt.RHS.(*syntax.Literal)
		if !ok || !text || lit.Token != syntax.STRING || stmt.Op != syntax.EQ || strings.HasPrefix(id.Name, "_") {
			return nil, nil
		}
		src := lit.Value.(string)
		c, err := CompileExpr(name, src, options)
		if err != nil {
			return nil, inText(err, lit, id.Name)
		}
		return &Rule{Name: id.Name, Text: src, Line: int(id.NamePos.Line), Condition: c}, nil
	}
	return nil, nil
}

// inText moves an error of an expression that stands in a text of the file to its place there.
func inText(err error, lit *syntax.Literal, rule string) error {
	e, ok := err.(*Error)
	if !ok {
		return err
	}
	moved := *e
	if moved.Line <= 1 && !strings.HasPrefix(lit.Raw, `"""`) && !strings.HasPrefix(lit.Raw, "'''") {
		moved.Col += int(lit.TokenPos.Col)
	}
	moved.Line = int(lit.TokenPos.Line) + max(moved.Line, 1) - 1
	moved.Msg = fmt.Sprintf("rule %s: %s", rule, moved.Msg)
	return &moved
}

// resultOf is what a function returns that does nothing else; else nil.
func resultOf(def *syntax.DefStmt) syntax.Expr {
	body := def.Body
	if first, ok := body[0].(*syntax.ExprStmt); ok && isText(first.X) {
		body = body[1:]
	}
	if len(body) != 1 {
		return nil
	}
	result, ok := body[0].(*syntax.ReturnStmt)
	if !ok {
		return nil
	}
	return result.Result
}

// functionRule is a rule that a function states.
func functionRule(def *syntax.DefStmt) (*Rule, error) {
	r := &Rule{Name: def.Name.Name, Line: int(def.Def.Line), Text: "def " + def.Name.Name}
	c := &Condition{fn: def.Name.Name, uses: map[string]bool{}, formula: &Formula{Op: "script"}}
	for _, param := range def.Params {
		id, ok := param.(*syntax.Ident)
		if !ok || !slices.Contains(conditionNames[:], id.Name) || c.uses[id.Name] {
			return nil, errorAt(syntax.Start(param), "a rule takes any of "+strings.Join(conditionNames[:], ", ")+", each once; a helper's name begins with _", "the rule %s takes a wrong parameter", def.Name.Name)
		}
		c.uses[id.Name] = true
		c.params = append(c.params, id.Name)
	}
	var body []syntax.Node
	for _, stmt := range def.Body {
		body = append(body, stmt)
		if err := checkEventFields(stmt); err != nil {
			return nil, err
		}
	}
	if first, ok := def.Body[0].(*syntax.ExprStmt); ok {
		if lit, ok := first.X.(*syntax.Literal); ok && lit.Token == syntax.STRING {
			r.Text = strings.TrimSpace(lit.Value.(string))
		}
	}
	c.places = placesOf(body...)
	if result := resultOf(def); result != nil {
		c.formula, c.direct = formulaOf(result), directOf(result)
	}
	r.Condition = c
	return r, nil
}
