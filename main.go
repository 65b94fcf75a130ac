// Asof is a terminal time-travel debugger for event-sourced systems.
package main

import (
	"context"
	"os"

	"asof/ui/cli"
)

func main() {
	os.Exit(cli.Main(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
