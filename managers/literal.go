package managers

import (
	"fmt"
	"strconv"
	"strings"
)

// literal reads the default of a parameter as Python writes it: None, a bool,
// a number or a string.
func literal(text string) (any, error) {
	switch text {
	case "None":
		return nil, nil
	case "True":
		return true, nil
	case "False":
		return false, nil
	}
	if n, err := strconv.ParseInt(text, 0, 64); err == nil {
		return n, nil
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return f, nil
	}
	if n := len(text); n >= 2 && text[0] == text[n-1] && (text[0] == '\'' || text[0] == '"') {
		if inside := text[1 : n-1]; !strings.ContainsAny(inside, text[:1]+`\,()=`) {
			return inside, nil
		}
	}
	return nil, fmt.Errorf("%q is no None, bool, number or plain string", text)
}
