import { setFlagsFromString } from 'node:v8';

// Keeps V8 from compiling WebAssembly a second time. The parser's grammar is one huge function. V8 would optimise it
// about a second after the first query, and that takes over 600 MB for a moment, more than a tool-runner's container
// has. Without the second compilation the parser takes about half as long again (measured: 63 µs instead of 40), while
// what PostgreSQL does takes milliseconds.
// The flags hold for the whole process from here on. This module is imported before the parser, which is compiled when
// it is loaded. The flags are set at run time, so that nobody who starts a process can forget them. Both are needed:
// with either one alone V8 still optimises, and so it does with `--liftoff-only` at run time.
for (const flag of ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering']) setFlagsFromString(flag);
