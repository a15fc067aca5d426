import { runMain } from '../../src/cli/main.ts'
import { processIo } from '../../src/cli/terminal/io.ts'

/** The program with short timeouts, and with failures that a test triggers. */

const times = { pingMs: 40, commitMs: 80, graceMs: 300 }

process.on('SIGUSR1', () => {
  setTimeout(() => {
    throw new TypeError('canary of a prompt')
  })
})
process.on('SIGUSR2', () => void Promise.reject(new RangeError('canary of a prompt')))

void runMain(process.argv.slice(2), { ...processIo(), times }).then((code) => process.exit(code))
