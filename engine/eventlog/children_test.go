package eventlog

// children are what this test program does when a test starts it as another process.
var children = map[string]func(dir string) int{}
