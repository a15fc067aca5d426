import { readFileSync } from 'node:fs'
import { readCodeSignature } from './macho.ts'

/**
 * Checks whether macOS runs these programs. Exit code 1 if a signature is invalid.
 *
 *   bun scripts/release/check-signature.ts FILE...
 */

const paths = process.argv.slice(2)
if (paths.length === 0) {
  console.error('Name the programs: bun scripts/release/check-signature.ts FILE...')
  process.exit(2)
}

for (const path of paths) {
  const signature = readCodeSignature(readFileSync(path))
  const faults = signature?.faults ?? ['no signature']
  for (const fault of faults) console.error(`${path}: ${fault}`)
  if (faults.length > 0) process.exitCode = 1
  else console.log(`${path}: ${signature?.arch}, ${signature?.pages} pages, valid signature`)
}
