package report

import "strings"

// plainName is a function's qualified name without what a C++ symbol says and debug
// information does not, or in another way: return type, parameters, template arguments and
// what a lambda takes. A name whose brackets are none keeps them.
func plainName(function string) string {
	name := withoutReturnType(withoutParameters(function))
	var b strings.Builder
	depth := 0
	for i := 0; i < len(name); i++ {
		if whole := keptWhole(name[i:]); whole != "" && depth == 0 {
			b.WriteString(whole)
			i += len(whole) - 1
			continue
		}
		switch c := name[i]; {
		case c == '<' || c == '(':
			depth++
		case c == '>' || c == ')':
			if depth--; depth < 0 {
				return name
			}
		case depth == 0:
			b.WriteByte(c)
		}
	}
	if depth != 0 || b.Len() == 0 {
		return name
	}
	return b.String()
}

// keptWhole is the part of a name in brackets that s begins with and that is not left out.
func keptWhole(s string) string {
	for _, part := range []string{"(anonymous namespace)", "operator()"} {
		if strings.HasPrefix(s, part) {
			return part
		}
	}
	return ""
}
