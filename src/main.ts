import { processIo } from './cli/io.ts'
import { runMain } from './cli/main.ts'

/** The program. No top-level await: the bytecode build forbids it. */
void runMain(process.argv.slice(2), processIo()).then((code) => process.exit(code))
