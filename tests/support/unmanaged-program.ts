import { runMain } from '../../src/cli/main.ts'
import { processIo } from '../../src/cli/terminal/io.ts'

/** The program on a machine without managed settings of Claude Code. */

const io = processIo()
const machine = { ...io.machine, claudeManagedFolder: '/nowhere' }

void runMain(process.argv.slice(2), { ...io, machine }).then((code) => process.exit(code))
