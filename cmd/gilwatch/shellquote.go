package main

import "strings"

// shellQuote writes s so that a POSIX shell reads it as one word, between single
// quotes.
func shellQuote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// shellWords writes a command line for a shell; only what needs quotes gets them.
func shellWords(args []string) string {
	words := make([]string, len(args))
	for i, arg := range args {
		plain := arg != "" && strings.Trim(arg, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,+@%") == ""
		if words[i] = arg; !plain {
			words[i] = shellQuote(arg)
		}
	}
	return strings.Join(words, " ")
}
