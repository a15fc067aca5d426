import { runMain } from './cli/main.ts'
import { processIo } from './cli/terminal/io.ts'

const main = async (): Promise<never> => {
  const io = processIo()
  const code = await runMain(process.argv.slice(2), io)
  // An exit drops what a slow reader has not taken yet.
  await io.drained?.()
  return process.exit(code)
}

/** The program. No top-level await: the bytecode build forbids it. */
void main()
