import { runMain } from '../../src/cli/main.ts'
import { processIo } from '../../src/cli/terminal/io.ts'

/** The program on a machine with four cores: a test of workers must not depend on the machine that runs it. */

void runMain(process.argv.slice(2), { ...processIo(), cores: () => 4 }).then((code) => process.exit(code))
