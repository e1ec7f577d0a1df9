import { setFlagsFromString } from 'node:v8';

// Keeps V8 from compiling WebAssembly a second time. The parser's grammar is one huge function: optimising it, about a
// second after the first query, takes over 600 MB for a moment, more than a tool-runner's container has. Without that the
// parser takes about half as long again (measured: 63 µs instead of 40), and what PostgreSQL does takes milliseconds.
// The flags hold for the whole process from here on, so this is imported before the parser, which is compiled when it
// is loaded. Set at run time, so that nobody who starts a process can forget them. Both are needed: either one alone lets
// V8 optimise, and so does `--liftoff-only` at run time.
for (const flag of ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering']) setFlagsFromString(flag);
