import { runMain } from './cli/main.ts'
import { processIo } from './cli/terminal/io.ts'

/** The program. No top-level await: the bytecode build forbids it. */
void runMain(process.argv.slice(2), processIo()).then((code) => process.exit(code))
