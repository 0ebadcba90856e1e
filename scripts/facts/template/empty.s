// The assembler's file that go:linkname asks for; there is nothing in it.
